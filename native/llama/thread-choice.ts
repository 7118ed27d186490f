import { threadCandidates } from './threads.ts';

/** Fewer tokens say nothing of the speed of a thread count. */
const LEAST_TOKENS = 8;
/** More threads are not tried where the last were below this share of the best: they wait for each other ever longer. */
const WORTH = 0.9;
const NEWEST = 0.3;

/**
 * With how many threads to read the next text: every count is tried on one text, from few to many while that helps, and the fastest goes on.
 * It is no more than what a text of its own teaches, so nothing is measured beforehand.
 */
export function createThreadChoice(cores: number, freeCores: () => number) {
  /** Tokens a second by thread count. */
  const speeds = new Map<number, number>();
  return {
    next(): number {
      const most = Math.max(1, Math.min(cores, freeCores()));
      let best = 1;
      for (const threads of threadCandidates(cores)) {
        if (threads > most) break;
        const speed = speeds.get(threads);
        if (speed === undefined) return threads;
        const bestSpeed = speeds.get(best) ?? 0;
        if (speed >= bestSpeed) best = threads;
        else if (speed < bestSpeed * WORTH) break;
      }
      return best;
    },
    note(threads: number, tokens: number, ms: number): void {
      if (tokens < LEAST_TOKENS) return;
      const speed = (tokens * 1000) / Math.max(ms, 1e-3);
      const before = speeds.get(threads);
      speeds.set(threads, before === undefined ? speed : before + (speed - before) * NEWEST);
    },
  };
}
export type ThreadChoice = ReturnType<typeof createThreadChoice>;
