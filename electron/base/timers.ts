/** Waiting, passed in so that tests need not wait. */
export interface Timers {
  /** Runs `action` once after `delayMs`; the answer takes it back. */
  after(delayMs: number, action: () => void): () => void;
}

// Every JavaScript runtime we use has them; base itself compiles with neither DOM nor Node types.
declare const setTimeout: (action: () => void, delayMs: number) => unknown;
declare const clearTimeout: (handle: unknown) => void;

export const systemTimers: Timers = {
  after(delayMs, action) {
    const handle = setTimeout(action, delayMs);
    return () => {
      clearTimeout(handle);
    };
  },
};
