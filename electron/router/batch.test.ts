import { describe, expect, it } from 'vitest';
import type { Timers } from '../base/timers.ts';
import { createBatcher } from './batch.ts';

/** Lengths of texts, from an upstream that refuses `bad` and keeps what it was asked. */
function make(mostItems = 64) {
  const asked: (readonly string[])[] = [];
  const signals: AbortSignal[] = [];
  let due: (() => void)[] = [];
  let hold: Promise<void> = Promise.resolve();
  const timers: Timers = {
    after(_ms, action) {
      due.push(action);
      return () => void (due = due.filter((other) => other !== action));
    },
  };
  const batcher = createBatcher<string, number>({
    timers,
    mostItems,
    async upstream(items, signal) {
      asked.push(items);
      signals.push(signal);
      await hold;
      if (items.includes('bad')) throw new Error('cannot embed bad');
      return items.map(({ length }) => length);
    },
  });
  const pass = (): void => {
    for (const action of due) action();
  };
  /** Those alone that are due before. */
  const step = (): void => {
    const now = due;
    due = [];
    for (const action of now) action();
  };
  return { batcher, asked, signals, pass, step, holdUpstream: (until: Promise<void>) => void (hold = until) };
}

const NEVER = new AbortController().signal;

describe('calls that come close together', () => {
  it('make one upstream call, and each gets its own results', async () => {
    const { batcher, asked, pass } = make();
    const all = [batcher.run(['a', 'bb'], NEVER), batcher.run(['ccc'], NEVER), batcher.run([], NEVER)];
    pass();
    expect(await Promise.all(all)).toEqual([[1, 2], [3], []]);
    expect(asked).toEqual([['a', 'bb', 'ccc']]);
  });

  it('are taken along when a busy thread hears of them only after the wait', async () => {
    const { batcher, asked, step } = make();
    const first = batcher.run(['a'], NEVER);
    step();
    const second = batcher.run(['bb'], NEVER);
    step();
    expect(await Promise.all([first, second])).toEqual([[1], [2]]);
    expect(asked).toEqual([['a', 'bb']]);
  });

  it('do not wait when a batch is full, and are cut when larger than one', async () => {
    const { batcher, asked, pass } = make(2);
    const first = batcher.run(['a'], NEVER);
    const second = batcher.run(['b', 'c', 'd'], NEVER);
    pass();
    expect(await Promise.all([first, second])).toEqual([[1], [1, 1, 1]]);
    expect(asked).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('fail alone: the others are asked again without the one that breaks the batch', async () => {
    const { batcher, pass } = make();
    const all = [batcher.run(['good'], NEVER), batcher.run(['bad'], NEVER)];
    pass();
    const [good, bad] = await Promise.allSettled(all);
    expect(good).toEqual({ status: 'fulfilled', value: [4] });
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'cannot embed bad' } });
  });

  it('all fail at once, and nobody is asked again, when it is about none of them', async () => {
    let asked = 0;
    const timers: Timers = { after: () => () => undefined };
    const batcher = createBatcher<string, number>({
      timers,
      upstream() {
        asked++;
        return Promise.reject(new Error('at the limit'));
      },
      mayBeOnes: () => false,
    });
    const all = [batcher.run(['a'], NEVER), batcher.run(['b'], NEVER), batcher.run(['c'], NEVER)];
    batcher.flush();
    const reasons = (await Promise.allSettled(all)).map((end) => (end.status === 'rejected' ? String(end.reason) : ''));
    expect(new Set(reasons)).toEqual(new Set(['Error: at the limit']));
    expect(asked).toBe(1);
  });

  it('leave alone: one that goes before the call is not in it, one that goes during it does not end it', async () => {
    const { batcher, asked, signals, pass, holdUpstream } = make();
    let go: () => void = () => undefined;
    holdUpstream(new Promise((resolve) => (go = resolve)));
    const [early, late] = [new AbortController(), new AbortController()];
    const gone = batcher.run(['early'], early.signal);
    const going = batcher.run(['late'], late.signal);
    const stays = batcher.run(['stays'], NEVER);
    early.abort(new Error('left early'));
    pass();
    late.abort(new Error('left late'));
    await expect(gone).rejects.toThrow('left early');
    await expect(going).rejects.toThrow('left late');
    expect(signals[0]?.aborted).toBe(false);
    go();
    expect(await stays).toEqual([5]);
    expect(asked).toEqual([['late', 'stays']]);
  });

  it('are ended upstream when nobody waits any more', async () => {
    const { batcher, signals, pass, holdUpstream } = make();
    holdUpstream(new Promise(() => undefined));
    const [one, other] = [new AbortController(), new AbortController()];
    const both = [batcher.run(['a'], one.signal), batcher.run(['b'], other.signal)];
    pass();
    one.abort();
    expect(signals[0]?.aborted).toBe(false);
    other.abort();
    expect(signals[0]?.aborted).toBe(true);
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('fail when upstream answers more or fewer results than were asked', async () => {
    const timers: Timers = { after: () => () => undefined };
    const batcher = createBatcher<string, number>({ timers, upstream: () => Promise.resolve([1]) });
    const run = batcher.run(['a', 'b'], NEVER);
    batcher.flush();
    await expect(run).rejects.toThrow('2 results were asked for and 1 came.');
  });

  it('may be made later and again, each time for those who still wait', async () => {
    const asked: (readonly string[])[] = [];
    const heard: string[] = [];
    let mayGo: () => void = () => undefined;
    const due = new Promise<void>((resolve) => (mayGo = resolve));
    const batcher = createBatcher<string, number>({
      timers: { after: () => () => undefined },
      async making(once, signal) {
        await due;
        await once(signal).catch(() => undefined);
        return once(signal);
      },
      upstream(items) {
        asked.push(items);
        return asked.length === 1 ? Promise.reject(new Error('busy')) : Promise.resolve(items.map(() => 1));
      },
    });
    const leaves = new AbortController();
    const watch = {
      onAsked: (items: readonly string[]) => void heard.push(`asked ${items.join()}`),
      onOver: (items: readonly string[], results: readonly number[] | null, error?: unknown) =>
        void heard.push(`${items.join()} ${results === null ? String(error) : 'made'}`),
    };
    const gone = batcher.run(['gone'], leaves.signal, watch);
    const stays = batcher.run(['stays'], NEVER, watch);
    batcher.flush();
    leaves.abort(new Error('left'));
    mayGo();
    await expect(gone).rejects.toThrow('left');
    expect(await stays).toEqual([1]);
    expect(asked).toEqual([['stays'], ['stays']]);
    expect(heard).toEqual(['asked stays', 'stays Error: busy', 'asked stays', 'stays made']);
  });
});
