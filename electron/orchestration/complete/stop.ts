/** What may be said now, and the stop sequence that ended the answer; null = none did. */
export interface StopStep {
  readonly text: string;
  readonly stopped: string | null;
}

/** Cuts a stream of text before the first stop sequence, holding back only what could still become one. */
export function createStopCutter(sequences: readonly string[]) {
  const stops = sequences.filter((sequence) => sequence !== '');
  const longest = Math.max(0, ...stops.map((stop) => stop.length));
  let held = '';

  /** Where the first stop sequence begins; of two that begin there, the one named first. */
  const firstStop = (text: string): { readonly at: number; readonly stop: string } | null =>
    stops.reduce<{ readonly at: number; readonly stop: string } | null>((first, stop) => {
      const at = text.indexOf(stop);
      return at >= 0 && (first === null || at < first.at) ? { at, stop } : first;
    }, null);
  const unsureFrom = (text: string): number => {
    for (let at = Math.max(0, text.length - longest + 1); at < text.length; at++) {
      if (stops.some((stop) => stop.startsWith(text.slice(at)))) return at;
    }
    return text.length;
  };

  return {
    push(delta: string): StopStep {
      if (stops.length === 0) return { text: delta, stopped: null };
      const text = held + delta;
      const first = firstStop(text);
      if (first) {
        held = '';
        return { text: text.slice(0, first.at), stopped: first.stop };
      }
      const keepFrom = unsureFrom(text);
      held = text.slice(keepFrom);
      return { text: text.slice(0, keepFrom), stopped: null };
    },
    /** What was held back when the answer ended by itself. */
    rest(): string {
      const text = held;
      held = '';
      return text;
    },
  };
}
