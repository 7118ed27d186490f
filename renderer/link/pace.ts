import type { NextFrame } from './live-turns.ts';

/**
 * Live text is painted at most fifteen times a second. Reading needs no more, and on a small machine every paint is taken from
 * the cores that decode: painting each frame cost a 190 MB model on two cores a sixth of its speed.
 */
export const PAINT_EVERY_MS = 66;

export interface PaceDeps {
  readonly now: () => number;
  readonly frame: (paint: () => void) => void;
  readonly wait: (run: () => void, ms: number) => void;
}

/** Paints in the next frame when the last paint is long enough ago, so a first word is never late. */
export function createPace({ now, frame, wait }: PaceDeps): NextFrame {
  let paintedAt = -Infinity;
  return (paint) => {
    const inFrame = (): void => {
      frame(() => {
        paintedAt = now();
        paint();
      });
    };
    const restMs = paintedAt + PAINT_EVERY_MS - now();
    if (restMs <= 0) inFrame();
    else wait(inFrame, restMs);
  };
}
