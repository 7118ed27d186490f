import { describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import { createTracesBehind } from './traces-behind.ts';

function make(fails = false) {
  const batches: string[][] = [];
  const stored: string[] = [];
  let due: (() => void) | null = null;
  const behind = createTracesBehind({
    traces: {
      saveAll(all) {
        if (fails) throw new Error('disk full');
        batches.push(all.map(({ trace }) => trace.id));
      },
    },
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
  return { behind, batches, stored, tick, save };
}

describe('traces stored behind their answers', () => {
  it('are written a few at a time, in order, each told when it is there', () => {
    const { batches, stored, tick, save } = make();
    for (const id of ['a', 'b', 'c', 'd', 'e']) save(id);
    expect(batches).toEqual([]);
    tick();
    expect([batches, stored]).toEqual([[['a', 'b', 'c', 'd']], ['a', 'b', 'c', 'd']]);
    tick();
    expect(batches.at(-1)).toEqual(['e']);
    expect(tick()).toBe(false);
  });

  it('are all written when the program ends, and nothing is written twice', () => {
    const { behind, batches, tick, save } = make();
    for (const id of ['a', 'b', 'c', 'd', 'e']) save(id);
    behind.dispose();
    expect(batches).toEqual([['a', 'b', 'c', 'd', 'e']]);
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
