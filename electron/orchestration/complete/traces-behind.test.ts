import { describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import { AT_ONCE, createTracesBehind, LATEST_MS, MOST_WAITING } from './traces-behind.ts';

function make(fails = false) {
  const batches: string[][] = [];
  const stored: string[] = [];
  const noted: string[] = [];
  let due: (() => void) | null = null;
  let now = 0;
  const behind = createTracesBehind({
    traces: {
      note: ({ id }) => {
        if (fails) throw new Error('disk full');
        noted.push(id);
      },
      saveAll(all) {
        if (fails) throw new Error('disk full');
        batches.push(all.map(({ trace }) => trace.id));
      },
    },
    clock: { now: () => now, monotonicMs: () => now },
    timers: {
      after(_, action) {
        due = action;
        return () => {
          due = null;
        };
      },
    },
    log: silentLog,
    onStored: (id) => stored.push(id),
  });
  const tick = (): boolean => {
    const action = due;
    due = null;
    action?.();
    return action !== null;
  };
  const save = (id: string): void => {
    behind.save({ id } as Trace, []);
  };
  return { behind, batches, stored, noted, tick, save, pass: (ms: number) => (now += ms) };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `t${String(index)}`);

describe('traces stored behind their answers', () => {
  it('are written at once when somebody asks for one, and only that one, once', () => {
    const { behind, batches, tick, save } = make();
    names(3).forEach(save);
    const reader = behind.reader({ get: (id: string) => batches.flat().find((stored) => stored === id) } as never);
    expect([reader.get('t1'), reader.get('t1')]).toEqual(['t1', 't1']);
    expect(batches).toEqual([['t1']]);
    tick();
    expect(batches).toEqual([['t1'], ['t0', 't2']]);
  });

  it('are written a few at a time, in order, each told when it is there', () => {
    const { batches, stored, tick, save } = make();
    const all = names(AT_ONCE + 1);
    all.forEach(save);
    expect(batches).toEqual([]);
    tick();
    expect([batches, stored]).toEqual([[all.slice(0, AT_ONCE)], all.slice(0, AT_ONCE)]);
    tick();
    expect(batches.at(-1)).toEqual(all.slice(AT_ONCE));
    expect(tick()).toBe(false);
  });

  it('are noted at once, so that a killed process loses none', () => {
    const { noted, batches, save } = make();
    save('a');
    expect([noted, batches]).toEqual([['a'], []]);
  });

  it('wait while an answer is being made', () => {
    const { behind, batches, tick, save } = make();
    const over = behind.underWay();
    save('a');
    tick();
    expect(batches).toEqual([]);
    over();
    tick();
    expect(batches).toEqual([['a']]);
  });

  it('wait for the last of several answers, whoever says twice that he is done', () => {
    const { behind, batches, tick, save } = make();
    const first = behind.underWay();
    behind.underWay();
    first();
    first();
    save('a');
    tick();
    expect(batches).toEqual([]);
  });

  it('wait no longer than a second, however many answers are being made', () => {
    const { behind, batches, tick, save, pass } = make();
    behind.underWay();
    save('a');
    pass(LATEST_MS - 1);
    save('b');
    tick();
    expect(batches).toEqual([]);
    pass(1);
    tick();
    expect(batches).toEqual([['a', 'b']]);
  });

  it('wait no longer when too many do', () => {
    const { behind, batches, tick, save } = make();
    behind.underWay();
    const all = names(MOST_WAITING);
    all.forEach(save);
    tick();
    tick();
    expect(batches).toEqual([all.slice(0, AT_ONCE)]);
  });

  it('are all written when the program ends, and nothing is written twice', () => {
    const { behind, batches, tick, save } = make();
    const all = names(AT_ONCE + 1);
    all.forEach(save);
    behind.dispose();
    expect(batches).toEqual([all]);
    expect(tick()).toBe(false);
    behind.dispose();
    expect(batches).toHaveLength(1);
  });

  it('that cannot be written are not said to be there', () => {
    const { tick, save, stored } = make(true);
    save('a');
    tick();
    expect(stored).toEqual([]);
  });
});
