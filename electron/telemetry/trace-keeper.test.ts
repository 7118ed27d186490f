import { describe, expect, it } from 'vitest';
import type { Timers } from '../base/timers.ts';
import { createTraceKeeper } from './trace-keeper.ts';

function make(toRoll: number, toRemove: number, aside: (count: number) => number | Promise<number> = (count) => count) {
  const due: { at: number; action: () => void }[] = [];
  let now = 0;
  const timers: Timers = {
    after(delayMs, action) {
      const entry = { at: now + delayMs, action };
      due.push(entry);
      return () => void due.splice(due.indexOf(entry), 1);
    },
  };
  const calls: string[] = [];
  const take = (left: number, most: number): number => Math.min(left, most);
  const keeper = createTraceKeeper({
    traces: {
      roll(most) {
        const took = take(toRoll, most);
        toRoll -= took;
        calls.push(`roll ${took}`);
        return aside(took);
      },
      removeOldest({ before, mostBytes }, most) {
        const took = take(toRemove, most);
        toRemove -= took;
        calls.push(`remove ${took} ${String(before)} ${String(mostBytes)}`);
        return took;
      },
      dropOldSums: () => void calls.push('sums'),
    },
    clock: { now: () => 10 * 86_400_000, monotonicMs: () => now },
    timers,
    limits: () => ({ days: 3, megabytes: 5 }),
    onError: (error) => void calls.push(String(error)),
  });
  const passTo = (ms: number): void => {
    for (;;) {
      const next = due.filter(({ at }) => at <= ms).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      due.splice(due.indexOf(next), 1);
      now = next.at;
      next.action();
    }
    now = ms;
  };
  return { keeper, calls, passTo, due };
}

describe('what follows a stored trace', () => {
  it('sums up a little at a time, once however many traces came', () => {
    const { keeper, calls, passTo } = make(40, 0);
    for (let i = 0; i < 40; i++) keeper.stored();
    passTo(1999);
    expect(calls).toEqual([]);
    passTo(5000);
    expect(calls).toEqual(['roll 16', 'roll 16', 'roll 8']);
    passTo(9e6);
    expect(calls).toHaveLength(3);
  });

  it('sums up the rest when another thread has done the first of it', async () => {
    const { keeper, calls, passTo } = make(20, 0, (count) => Promise.resolve(count));
    keeper.stored();
    passTo(2000);
    await Promise.resolve();
    passTo(3000);
    expect(calls).toEqual(['roll 16', 'roll 4']);
  });

  it('says when summing up failed on another thread, and tries it again half a minute later', async () => {
    const { keeper, calls, passTo } = make(3, 0, () => Promise.reject(new Error('It ended.')));
    keeper.stored();
    passTo(2000);
    await Promise.resolve();
    await Promise.resolve();
    expect(calls).toEqual(['roll 3', 'Error: It ended.']);
    passTo(32_000);
    expect(calls).toHaveLength(3);
  });

  it('says nothing of what fails after it was let go', async () => {
    const { keeper, calls, passTo } = make(3, 0, () => Promise.reject(new Error('It ended.')));
    keeper.stored();
    passTo(2000);
    keeper.dispose();
    await Promise.resolve();
    await Promise.resolve();
    expect(calls).toEqual(['roll 3']);
  });

  it('removes what is too old or too much in small steps, and looks again hours later', () => {
    const { keeper, calls, passTo } = make(0, 40);
    keeper.tidy();
    passTo(1000);
    const limits = `${7 * 86_400_000} 5000000`;
    expect(calls.filter((call) => call.startsWith('remove'))).toEqual([
      `remove 32 ${limits}`,
      `remove 8 ${limits}`,
      `remove 0 ${limits}`,
    ]);
    expect(calls).toContain('sums');
    passTo(86_400_000 / 4 + 1000);
    expect(calls.filter((call) => call.startsWith('remove'))).toHaveLength(4);
  });

  it('does nothing more once it is let go', () => {
    const { keeper, due } = make(5, 5);
    keeper.stored();
    keeper.tidy();
    keeper.dispose();
    expect(due).toEqual([]);
  });
});
