/** What may be said now, and whether a stop sequence ended the answer. */
export interface StopStep {
  readonly text: string;
  readonly stopped: boolean;
}

/** Cuts a stream of text before the first stop sequence, holding back only what could still become one. */
export function createStopCutter(sequences: readonly string[]) {
  const stops = sequences.filter((sequence) => sequence !== '');
  const longest = Math.max(0, ...stops.map((stop) => stop.length));
  let held = '';

  const firstStop = (text: string): number => {
    const places = stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
    return places.length === 0 ? -1 : Math.min(...places);
  };
  const unsureFrom = (text: string): number => {
    for (let at = Math.max(0, text.length - longest + 1); at < text.length; at++) {
      if (stops.some((stop) => stop.startsWith(text.slice(at)))) return at;
    }
    return text.length;
  };

  return {
    push(delta: string): StopStep {
      if (stops.length === 0) return { text: delta, stopped: false };
      const text = held + delta;
      const stopAt = firstStop(text);
      if (stopAt >= 0) {
        held = '';
        return { text: text.slice(0, stopAt), stopped: true };
      }
      const keepFrom = unsureFrom(text);
      held = text.slice(keepFrom);
      return { text: text.slice(0, keepFrom), stopped: false };
    },
    /** What was held back when the answer ended by itself. */
    rest(): string {
      const text = held;
      held = '';
      return text;
    },
  };
}
