import type { PaintSoon } from './live-turns.ts';

/** Least times between two paints of live text, in ms. */
export interface PaintTimes {
  readonly lively: number;
  /** While the text is ahead of whoever reads it. */
  readonly calm: number;
}

/**
 * How often live text is painted at most. Every paint is taken from the cores that decode: on two threads of one core it takes 15 to
 * 18 ms of one of them, whatever is painted, and a 190 MB model loses 1% of its speed for each paint a second.
 */
export const paintTimes = (cores: number): PaintTimes =>
  cores <= 2 ? { lively: 150, calm: 300 } : { lively: 66, calm: 100 };

/** Silent reading: 238 words a minute (Brysbaert 2019, of 190 studies), at six characters with its space. */
const READ_CHARS_PER_MS = (238 * 6) / 60_000;
/** Some six lines: what is written further ahead of its reader than this is not looked at. */
const AHEAD_CHARS = 400;

/** Whether so many characters, the first of them `sinceMs` ago, are more than anybody has read by now. */
export const isAhead = (chars: number, sinceMs: number): boolean => chars > AHEAD_CHARS + sinceMs * READ_CHARS_PER_MS;

export interface PaceDeps {
  readonly now: () => number;
  /** Nobody sees the window. */
  readonly hidden: () => boolean;
  readonly frame: (paint: () => void) => void;
  readonly wait: (run: () => void, ms: number) => void;
  readonly times: PaintTimes;
}

/**
 * Paints when the last paint of text is long enough ago, and at once what must not wait. Not inside a frame: what React draws
 * then would be seen in the frame after it, and the first would have been made for nothing. A hidden window waits to be seen.
 */
export function createPace({ now, hidden, frame, wait, times }: PaceDeps): PaintSoon {
  let paintedAt = -Infinity;
  return (paint, urgent, ahead) => {
    const run = (): void => {
      if (hidden()) return frame(paint);
      if (!urgent) paintedAt = now();
      paint();
    };
    wait(run, urgent ? 0 : Math.max(0, paintedAt + (ahead ? times.calm : times.lively) - now()));
  };
}
