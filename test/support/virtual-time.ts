import type { Clock } from '../../electron/base/clock.ts';
import type { Timers } from '../../electron/base/timers.ts';

/** Time that passes only when the test says so, for clock and timers alike. Begins at 1,000,000 ms. */
export interface VirtualTime {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Timers not yet over. */
  waiting(): number;
  /** Lets what is ready run, passes `ms`, timer by timer in order, and lets what became ready run. */
  pass(ms: number): Promise<void>;
  /** Passes time until `done` settles, timer by timer; throws when nothing is left to wait for. */
  until<T>(done: Promise<T>): Promise<T>;
}

/** Lets every promise that is ready run: a whole turn of the event loop. */
export const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

export function createVirtualTime(): VirtualTime {
  let now = 1_000_000;
  let order = 0;
  const waiting = new Map<number, { at: number; action: () => void }>();
  const earliest = () =>
    [...waiting].reduce<[number, { at: number; action: () => void }] | null>(
      (best, entry) => (best === null || entry[1].at < best[1].at ? entry : best),
      null,
    );
  const fire = (key: number, { at, action }: { at: number; action: () => void }) => {
    now = Math.max(now, at);
    waiting.delete(key);
    action();
  };
  return {
    clock: { now: () => now, monotonicMs: () => now },
    timers: {
      after(delayMs, action) {
        const key = order++;
        waiting.set(key, { at: now + Math.max(0, delayMs), action });
        return () => waiting.delete(key);
      },
    },
    waiting: () => waiting.size,
    async pass(ms) {
      await settle();
      const end = now + ms;
      for (let next = earliest(); next && next[1].at <= end; next = earliest()) {
        fire(...next);
        await settle();
      }
      now = end;
      await settle();
    },
    async until(done) {
      let over = false;
      void done.then(
        () => (over = true),
        () => (over = true),
      );
      const isOver = () => over;
      await settle();
      for (let turns = 0; !isOver(); turns++) {
        const next = earliest();
        if (!next || turns > 100_000) throw new Error('Nothing is left to wait for, and it is not over.');
        fire(...next);
        await settle();
      }
      return done;
    },
  };
}
