import type { PaintSoon } from './live-turns.ts';

/**
 * Live text is painted at most fifteen times a second. Reading needs no more, and on a small machine every paint is taken from
 * the cores that decode: painting each frame cost a 190 MB model on two cores a sixth of its speed.
 */
export const PAINT_EVERY_MS = 66;

export interface PaceDeps {
  readonly now: () => number;
  /** Nobody sees the window. */
  readonly hidden: () => boolean;
  readonly frame: (paint: () => void) => void;
  readonly wait: (run: () => void, ms: number) => void;
}

/**
 * Paints when the last paint of text is long enough ago, and at once what must not wait. Not inside a frame: what React draws
 * then would be seen in the frame after it, and the first would have been made for nothing. A hidden window waits to be seen.
 */
export function createPace({ now, hidden, frame, wait }: PaceDeps): PaintSoon {
  let paintedAt = -Infinity;
  return (paint, urgent) => {
    const run = (): void => {
      if (hidden()) return frame(paint);
      if (!urgent) paintedAt = now();
      paint();
    };
    wait(run, urgent ? 0 : Math.max(0, paintedAt + PAINT_EVERY_MS - now()));
  };
}
