/** Longest time text waits to be sent. Each message wakes three processes and holds the thread that asks for the next token. */
export const MERGE_MS = 66;
/** Text is sent at once when this many UTF-16 units wait. */
export const MERGE_UNITS = 1024;

export interface DeltasDeps {
  readonly monotonicMs: () => number;
  /** Calls back after so many ms; returns what cancels it. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly send: (text: string, tokens: number) => void;
}

/** Merges the text of single tokens into few messages. The first text goes at once: it is what a person waits for. */
export function createDeltas({ monotonicMs, after, send }: DeltasDeps) {
  let text = '';
  let tokens = 0;
  let sentAt = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | null = null;

  const flush = (): void => {
    cancel?.();
    cancel = null;
    if (tokens === 0 && text === '') return;
    const [outText, outTokens] = [text, tokens];
    text = '';
    tokens = 0;
    sentAt = monotonicMs();
    send(outText, outTokens);
  };

  return {
    push(more: string): void {
      text += more;
      tokens++;
      // An empty piece (a held byte) is counted with the next text.
      if (text === '') return;
      if (text.length >= MERGE_UNITS) return flush();
      if (cancel) return;
      const waitedMs = monotonicMs() - sentAt;
      if (waitedMs >= MERGE_MS) flush();
      else cancel = after(MERGE_MS - waitedMs, flush);
    },
    /** Text that no token made: what a scanner or joiner still held. */
    append(more: string): void {
      text += more;
    },
    flush,
  };
}
