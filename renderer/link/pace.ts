import type { PaintSoon } from './live-turns.ts';

/**
 * How often live text is painted at most, in ms. Every paint is taken from the cores that decode: on two threads of one core,
 * painting each frame cost a 190 MB model a sixth of its speed, and fifteen times a second still 6%. Eight times a second is
 * faster than anybody reads, and a slow model's words come further apart than that anyway.
 */
export const paintEveryMs = (cores: number): number => (cores <= 2 ? 125 : 66);

export interface PaceDeps {
  readonly now: () => number;
  /** Nobody sees the window. */
  readonly hidden: () => boolean;
  readonly frame: (paint: () => void) => void;
  readonly wait: (run: () => void, ms: number) => void;
  /** Least time between two paints of text, in ms. */
  readonly everyMs: number;
}

/**
 * Paints when the last paint of text is long enough ago, and at once what must not wait. Not inside a frame: what React draws
 * then would be seen in the frame after it, and the first would have been made for nothing. A hidden window waits to be seen.
 */
export function createPace({ now, hidden, frame, wait, everyMs }: PaceDeps): PaintSoon {
  let paintedAt = -Infinity;
  return (paint, urgent) => {
    const run = (): void => {
      if (hidden()) return frame(paint);
      if (!urgent) paintedAt = now();
      paint();
    };
    wait(run, urgent ? 0 : Math.max(0, paintedAt + everyMs - now()));
  };
}
