import type { Clock } from './clock.ts';
import type { Timers } from './timers.ts';

/** How much later than asked a timer comes while others are being served, in ms. */
export const LATE_MS = 1;

export interface Quiet {
  /** The wait, and the pause before each new look, in ms. */
  readonly stepMs: number;
  /** Past this it runs all the same, in ms. */
  readonly mostMs: number;
}

/**
 * Runs something soon, when nobody waits for this thread: a timer that comes late says that somebody does, and they go first. The result
 * cancels it.
 */
export function whenQuiet(
  { timers, clock }: { readonly timers: Timers; readonly clock: Pick<Clock, 'monotonicMs'> },
  { stepMs, mostMs }: Quiet,
  run: () => void,
): () => void {
  const sinceMs = clock.monotonicMs();
  const look = (): (() => void) => {
    const dueMs = clock.monotonicMs() + stepMs;
    return timers.after(stepMs, () => {
      const now = clock.monotonicMs();
      if (now - dueMs < LATE_MS || now - sinceMs >= mostMs) run();
      else cancel = look();
    });
  };
  let cancel = look();
  return () => {
    cancel();
  };
}
