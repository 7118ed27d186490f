import type { Clock } from '../../base/clock.ts';

/** As much as one line of the window shows, in UTF-16 units. */
const MOST_CHARS = 72;
/** Read at most so often, in ms: a person could not follow more. */
const EVERY_MS = 300;

/**
 * The last line of what a model thinks, for whoever waits for its answer: it is shown while it is thought, and kept nowhere. null = not yet
 * another one.
 */
export function createThoughtLine(clock: Pick<Clock, 'monotonicMs'>): {
  add(text: string): string | null;
  reset(): void;
} {
  let tail = '';
  let saidMs = -Infinity;
  return {
    add(text) {
      tail = (tail + text).slice(-2 * MOST_CHARS);
      const now = clock.monotonicMs();
      if (now - saidMs < EVERY_MS) return null;
      const line = tail.trimEnd().split('\n').at(-1)?.replaceAll(/\s+/gu, ' ').trim() ?? '';
      if (line === '') return null;
      saidMs = now;
      // The end is what is being thought; it begins with a whole word.
      return line.length <= MOST_CHARS ? line : `…${line.slice(-MOST_CHARS).replace(/^\S*\s/u, '')}`.toWellFormed();
    },
    reset() {
      tail = '';
      saidMs = -Infinity;
    },
  };
}
