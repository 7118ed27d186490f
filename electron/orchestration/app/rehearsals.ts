import type { Timers } from '../../base/timers.ts';

/** Opening the window comes first, warming the engine second. In ms. */
const FIRST_AFTER_MS = 700;
const EVERY_MS = 100;
/** The engine of JavaScript compiles in steps, and the later ones come after dozens of runs: with one rehearsal turns 16, 23 and 36 were slow. */
const TIMES = 20;

/**
 * Plays turns for nobody soon after the window is there, so that the first real one finds everything as the hundredth does. Each takes
 * some ms; while a person's turn runs they are left out. What fails is told, and ends them.
 */
export function startRehearsals(
  timers: Timers,
  parts: readonly (() => void)[],
  isBusy: () => boolean,
  onError: (error: unknown) => void,
): { dispose(): void } {
  let left = TIMES;
  let end = timers.after(FIRST_AFTER_MS, function rehearse() {
    left--;
    try {
      if (!isBusy()) for (const part of parts) part();
    } catch (error) {
      onError(error);
      return;
    }
    if (left > 0) end = timers.after(EVERY_MS, rehearse);
  });
  return {
    dispose: () => {
      end();
    },
  };
}
