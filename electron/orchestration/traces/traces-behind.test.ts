import { describe, expect, it } from 'vitest';
import { createVirtualTime, settle } from '../../../test/support/virtual-time.ts';
import { silentLog } from '../../base/log.ts';
import type { Trace, UsageEntry } from '../../contract/entities/trace.ts';
import type { TraceReads } from '../../storage/index.ts';
import type { TraceReader } from '../../storage/store.ts';
import {
  AFTER,
  AT_ONCE,
  BEGUN_MS,
  createTracesBehind,
  MOST_NOTED_BYTES,
  MOST_WAITING,
  WAIT_MS,
} from './traces-behind.ts';

/** What goes wrong: noting, storing on the thread, storing here. */
interface Faults {
  readonly noting?: boolean;
  readonly aside?: boolean;
  readonly here?: boolean;
}

function make(faults: Faults = {}, stores = true) {
  const time = createVirtualTime();
  const here: string[][] = [];
  const aside: { ids: string[]; done: () => void }[] = [];
  const [stored, noted, settled]: [string[], string[][], string[]] = [[], [], []];
  const begun: string[][] = [];
  let soon: (() => void)[] = [];
  let bytes = 0;
  const behind = createTracesBehind({
    traces: {
      begin(rows) {
        if (faults.here) throw new Error('disk full');
        begun.push(rows.map(({ id }) => id));
      },
      note(all) {
        if (faults.noting) throw new Error('disk full');
        const ids = all.map(({ trace }) => trace.id);
        noted.push(ids);
        return ids.map((id) => `line of ${id}`);
      },
      saveAll(all) {
        if (faults.here) throw new Error('disk full');
        here.push(all.map(({ trace }) => trace.id));
      },
      saveAside: (lines) =>
        new Promise((resolve, reject) => {
          const done = faults.aside ? () => reject(new Error('The thread ended.')) : resolve;
          aside.push({ ids: lines.map((line) => line.replace('line of ', '')), done });
        }),
      readNoted: (line) => ({ trace: { id: line.replace('line of ', '') } as Trace, usages: [] }),
      settled: (ids) => settled.push(...ids),
      notedBytes: () => bytes,
    },
    stores: () => stores,
    timers: time.timers,
    clock: time.clock,
    soon: (run) => soon.push(run),
    log: silentLog,
    onStored: (id) => stored.push(id),
  });
  const save = (id: string): void => {
    behind.save({ id } as Trace, []);
  };
  /** The answers have left. */
  const leave = (): void => {
    const due = soon;
    soon = [];
    for (const run of due) run();
  };
  /** Saves, notes and sends to the thread. */
  const send = async (ids: readonly string[]): Promise<void> => {
    ids.forEach(save);
    leave();
    await time.pass(WAIT_MS);
  };
  /** The thread has done what it was sent last. */
  const finish = async (): Promise<void> => {
    aside.at(-1)?.done();
    await settle();
  };
  const grow = (to: number): void => void (bytes = to);
  const begin = (id: string): void => {
    behind.begin({ id } as Trace);
  };
  return { behind, time, here, aside, begun, begin, stored, noted, settled, save, leave, send, finish, grow };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `t${String(index)}`);

describe('traces that are made behind their answers', () => {
  it('are made a moment later, all together', async () => {
    const { behind, time, noted, save, leave } = make();
    for (const id of ['a', 'b']) {
      behind.afterwards(() => {
        save(id);
      });
    }
    leave();
    expect(noted).toEqual([]);
    await time.pass(AFTER.stepMs);
    leave();
    expect(noted).toEqual([['a', 'b']]);
  });

  it('are there for whoever asks before that', () => {
    const { behind, here, save } = make();
    const traces = behind.reader({
      get: () => null,
      list: () => ({ items: [], next: null }),
    } as unknown as TraceReader);
    behind.afterwards(() => {
      save('one');
    });
    traces.get('one');
    behind.afterwards(() => {
      save('two');
    });
    traces.list({}, null, 10);
    expect(here).toEqual([['one'], ['two']]);
  });

  it('are not lost when everything ends, nor when they come after that', () => {
    const { behind, here, save } = make();
    behind.afterwards(() => {
      save('last');
    });
    behind.dispose();
    behind.afterwards(() => {
      save('later');
    });
    expect(here).toEqual([['last'], ['later']]);
  });
});

describe('traces stored behind their answers', () => {
  it('leave nothing where none are wanted, but what they cost', () => {
    const { behind, here, save, leave, stored } = make({}, false);
    save('free');
    // Whoever holds money for it hears that it is over all the same.
    expect(stored).toEqual(['free']);
    behind.save({ id: 'paid' } as Trace, [{ id: 'u' } as UsageEntry]);
    leave();
    behind.flush();
    expect(here).toEqual([['paid']]);
  });

  it('are not stored as begun where the answer is quick', async () => {
    const { begin, save, begun, time } = make();
    begin('a');
    save('a');
    await time.pass(BEGUN_MS);
    expect(begun).toEqual([]);
  });

  it('are stored as begun while the answer takes its time', async () => {
    const { begin, begun, time } = make();
    begin('a');
    begin('b');
    await time.pass(BEGUN_MS);
    expect(begun).toEqual([['a', 'b']]);
  });

  it('are stored as begun when somebody looks for them, and only once', async () => {
    const { behind, begin, begun, time } = make();
    const reader = behind.reader({ get: () => null, list: () => ({}) } as never);
    begin('a');
    reader.get('a');
    begin('b');
    reader.list({}, null, 10);
    expect(begun).toEqual([['a'], ['b']]);
    await time.pass(BEGUN_MS);
    expect(begun).toHaveLength(2);
  });

  it('are not stored as begun when the question was taken back, nor where none are wanted', async () => {
    const { behind, begin, begun, time } = make();
    const silent = make({}, false);
    begin('a');
    behind.forget('a');
    silent.begin('b');
    await time.pass(BEGUN_MS);
    behind.flush();
    silent.behind.flush();
    expect([begun, silent.begun]).toEqual([[], []]);
  });

  it('that could not be stored as begun are stored at their end', async () => {
    const { begin, save, send, stored, time, finish } = make({ here: true });
    begin('a');
    await time.pass(BEGUN_MS);
    await send(['a']);
    save('b');
    await finish();
    expect(stored).toEqual(['a']);
  });

  it('are stored before a read on another thread looks for them', async () => {
    const { behind, here, save } = make();
    const asked: string[][] = [];
    const reads = behind.reads({
      list: () => Promise.resolve(asked.push(here.flat())),
      dispose: () => Promise.resolve(),
    } as unknown as TraceReads);
    save('a');
    await reads.list({}, null, 10);
    await reads.list({}, null, 10);
    expect(asked).toEqual([['a'], ['a']]);
  });

  it('are noted together once the answers have left, so that a killed process loses none', () => {
    const { noted, save, leave } = make();
    save('a');
    save('b');
    expect(noted).toEqual([]);
    leave();
    expect(noted).toEqual([['a', 'b']]);
  });

  it('are stored together by another thread, and told when they are there', async () => {
    const { aside, here, stored, settled, send, finish } = make();
    await send(names(9));
    expect([aside.map(({ ids }) => ids), stored]).toEqual([[names(9)], []]);
    await finish();
    expect([stored, settled, here]).toEqual([names(9), names(9), []]);
  });

  it('wait for the thread while it is at work', async () => {
    const { aside, send, finish, time } = make();
    await send(['a']);
    await send(['b', 'c']);
    await time.pass(1000);
    expect(aside).toHaveLength(1);
    await finish();
    await time.pass(WAIT_MS);
    expect(aside.map(({ ids }) => ids)).toEqual([['a'], ['b', 'c']]);
  });

  it('are stored here, a few at a time, when the thread could not', async () => {
    const { here, stored, send, finish } = make({ aside: true });
    const all = names(AT_ONCE + 1);
    await send(all);
    await finish();
    expect(here).toEqual([all.slice(0, AT_ONCE), all.slice(AT_ONCE)]);
    expect(stored).toEqual(all);
  });

  it('are stored here when they could not be noted', async () => {
    const { aside, here, stored, send } = make({ noting: true });
    await send(['a']);
    expect([aside, here, stored]).toEqual([[], [['a']], ['a']]);
  });

  it('are stored at once when somebody asks for one, only that one, and told once', async () => {
    const { behind, here, stored, send, finish } = make();
    await send(names(3));
    const reader = behind.reader({ get: (id: string) => here.flat().find((one) => one === id) } as never);
    expect([reader.get('t1'), reader.get('t1')]).toEqual(['t1', 't1']);
    expect(here).toEqual([['t1']]);
    await finish();
    expect(stored.toSorted()).toEqual(names(3));
  });

  it('are stored here, oldest first, when more wait than memory should hold', () => {
    const { here, save } = make();
    const all = names(MOST_WAITING + 1);
    all.forEach(save);
    expect(here).toEqual([all.slice(0, AT_ONCE)]);
  });

  it('are all stored here when the journal has grown long without a pause', async () => {
    const { here, stored, send, finish, save, leave, grow } = make();
    await send(['a']);
    save('b');
    leave();
    save('c');
    grow(MOST_NOTED_BYTES + 1);
    await finish();
    expect([here, stored]).toEqual([[['b', 'c']], ['a', 'b', 'c']]);
  });

  it('are all stored when the program ends, also those of the thread, and nothing twice', async () => {
    const { behind, here, stored, send, save, finish, time } = make();
    await send(['a']);
    save('b');
    behind.dispose();
    expect(here).toEqual([['a', 'b']]);
    await finish();
    await time.pass(1000);
    behind.dispose();
    expect([here, stored]).toEqual([[['a', 'b']], ['a', 'b']]);
  });

  it('that come after the end are stored at once', () => {
    const { behind, here, save } = make();
    behind.dispose();
    save('a');
    expect(here).toEqual([['a']]);
  });

  it('that cannot be stored are not said to be there, and hold no memory', async () => {
    const { behind, stored, send, here } = make({ noting: true, here: true });
    await send(['a']);
    behind.flush();
    expect([stored, here]).toEqual([[], []]);
  });
});
