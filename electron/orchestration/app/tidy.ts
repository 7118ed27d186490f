import type { Timers } from '../../base/timers.ts';

/** Opening the window and warming the engine come first; an app that runs for weeks tidies as well. In ms. */
const TIDY_AFTER_MS = 10_000;
const TIDY_EVERY_MS = 6 * 60 * 60 * 1000;

/** Tidies soon and then again and again. What fails is told and does not stop the rest. */
export function startTidying(
  timers: Timers,
  work: readonly (() => void)[],
  onError: (error: unknown) => void,
): { dispose(): void } {
  let end = timers.after(TIDY_AFTER_MS, function tidy() {
    for (const part of work) {
      try {
        part();
      } catch (error) {
        onError(error);
      }
    }
    end = timers.after(TIDY_EVERY_MS, tidy);
  });
  return {
    dispose: () => {
      end();
    },
  };
}
