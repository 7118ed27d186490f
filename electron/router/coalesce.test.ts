import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCoalescer, type Coalescer, type Joined } from './coalesce.ts';

/** An upstream that says what the test tells it to. */
function makeUpstream() {
  const calls: {
    say: (event: string) => void;
    signal: AbortSignal;
    end: () => void;
    fail: (error: Error) => void;
  }[] = [];
  const start = (say: (event: string) => void, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      calls.push({ say, signal, end: resolve, fail: reject });
    });
  return { calls, start };
}

function come(coalescer: Coalescer<string>, upstream: ReturnType<typeof makeUpstream>, key = 'k') {
  const heard: string[] = [];
  const leaving = new AbortController();
  const joined: Joined = coalescer.join(key, upstream.start, (event) => heard.push(event), leaving.signal);
  let state = 'here';
  void joined.done.then(
    () => (state = 'done'),
    (error: unknown) => (state = String(error)),
  );
  return { ...joined, heard, leave: () => leaving.abort(), state: () => state };
}

describe('requests that are the same and under way at once', () => {
  it('make one upstream call, however many there are, and all hear all of it', async () => {
    const [coalescer, upstream] = [createCoalescer<string>(), makeUpstream()];
    const callers = Array.from({ length: 100 }, () => come(coalescer, upstream));
    upstream.calls[0]?.say('a');
    upstream.calls[0]?.say('b');
    upstream.calls[0]?.end();
    await Promise.all(callers.map(({ done }) => done));
    expect(upstream.calls).toHaveLength(1);
    expect(callers.map(({ role }) => role).filter((role) => role === 'first')).toHaveLength(1);
    for (const { heard } of callers) expect(heard).toEqual(['a', 'b']);
    expect(coalescer.size()).toBe(0);
  });

  it('do not end when one of them leaves, the first one neither', async () => {
    const [coalescer, upstream] = [createCoalescer<string>(), makeUpstream()];
    const [first, second] = [come(coalescer, upstream), come(coalescer, upstream)];
    upstream.calls[0]?.say('a');
    first.leave();
    await first.done;
    upstream.calls[0]?.say('b');
    expect(upstream.calls[0]?.signal.aborted).toBe(false);
    expect([first.heard, second.heard]).toEqual([['a'], ['a', 'b']]);
    upstream.calls[0]?.end();
    await second.done;
    expect(upstream.calls).toHaveLength(1);
  });

  it('end upstream when the last one leaves, who still hears how it ended', async () => {
    const [coalescer, upstream] = [createCoalescer<string>(), makeUpstream()];
    const [first, second] = [come(coalescer, upstream), come(coalescer, upstream)];
    first.leave();
    second.leave();
    expect(upstream.calls[0]?.signal.aborted).toBe(true);
    upstream.calls[0]?.say('cancelled');
    upstream.calls[0]?.end();
    await second.done;
    expect([first.heard, second.heard]).toEqual([[], ['cancelled']]);
  });

  it('begin anew after the last one left or the answer ended', async () => {
    const [coalescer, upstream] = [createCoalescer<string>(), makeUpstream()];
    come(coalescer, upstream).leave();
    const next = come(coalescer, upstream);
    expect(next.role).toBe('first');
    upstream.calls[1]?.end();
    await next.done;
    expect(come(coalescer, upstream).role).toBe('first');
    expect(upstream.calls).toHaveLength(3);
  });

  it('tell a late one everything so far, in order, even while more is said', async () => {
    const [coalescer, upstream] = [createCoalescer<string>(), makeUpstream()];
    come(coalescer, upstream);
    upstream.calls[0]?.say('a');
    upstream.calls[0]?.say('b');
    const heard: string[] = [];
    const listener = (event: string): void => {
      heard.push(event);
      if (event === 'a') upstream.calls[0]?.say('c');
    };
    const { done, role } = coalescer.join('k', upstream.start, listener, new AbortController().signal);
    upstream.calls[0]?.say('d');
    upstream.calls[0]?.end();
    await done;
    expect(role).toBe('joined');
    expect(heard).toEqual(['a', 'b', 'c', 'd']);
  });

  it('all hear of an error, thrown at once or later', async () => {
    const [coalescer, upstream] = [createCoalescer<string>(), makeUpstream()];
    const callers = [come(coalescer, upstream), come(coalescer, upstream)];
    upstream.calls[0]?.fail(new Error('broke'));
    for (const { done } of callers) await expect(done).rejects.toThrow('broke');
    const thrower = (): Promise<void> => {
      throw new Error('at once');
    };
    const listener = (): void => undefined;
    await expect(coalescer.join('k', thrower, listener, new AbortController().signal).done).rejects.toThrow('at once');
    expect(coalescer.size()).toBe(0);
  });

  it('are not disturbed by a listener of one that throws', async () => {
    const [coalescer, upstream] = [createCoalescer<string>(), makeUpstream()];
    const listener = (): void => {
      throw new Error('mine');
    };
    const broken = coalescer.join('k', upstream.start, listener, new AbortController().signal);
    const other = come(coalescer, upstream);
    upstream.calls[0]?.say('a');
    await expect(broken.done).rejects.toThrow('mine');
    expect(other.heard).toEqual(['a']);
    expect(upstream.calls[0]?.signal.aborted).toBe(false);
  });

  it('stop being joined when too much was said to keep; those there hear on', () => {
    const coalescer = createCoalescer<string>({ sizeOf: (event) => event.length, mostHeld: 5 });
    const upstream = makeUpstream();
    const first = come(coalescer, upstream);
    upstream.calls[0]?.say('abcdef');
    const second = come(coalescer, upstream);
    upstream.calls[0]?.say('g');
    expect(second.role).toBe('first');
    expect([first.heard, second.heard]).toEqual([['abcdef', 'g'], []]);
  });

  it('have nothing to do with requests under another key, nor with one that had left before it came', () => {
    const [coalescer, upstream] = [createCoalescer<string>(), makeUpstream()];
    come(coalescer, upstream, 'a');
    come(coalescer, upstream, 'b');
    expect(upstream.calls).toHaveLength(2);
    const gone = coalescer.join('a', upstream.start, () => undefined, AbortSignal.abort());
    expect(gone.role).toBe('first');
    expect(upstream.calls[2]?.signal.aborted).toBe(true);
    expect(upstream.calls[0]?.signal.aborted).toBe(false);
    expect(coalescer.size()).toBe(2);
  });

  it('come, leave and listen at random: everybody hears one whole beginning, and upstream runs while anybody is there', async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.constant({ kind: 'come' as const, at: 0 }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), at: fc.nat(20) }) },
      { weight: 4, arbitrary: fc.constant({ kind: 'say' as const, at: 0 }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const [coalescer, upstream] = [createCoalescer<string>(), makeUpstream()];
        const said: string[][] = [];
        const callers: (ReturnType<typeof come> & { call: number; left: boolean })[] = [];
        for (const { kind, at } of steps) {
          const live = callers.filter(({ left, call }) => !left && call === upstream.calls.length - 1);
          if (kind === 'come') {
            const caller = come(coalescer, upstream);
            expect(caller.role).toBe(live.length === 0 ? 'first' : 'joined');
            callers.push({ ...caller, call: upstream.calls.length - 1, left: false });
          } else if (kind === 'leave') {
            const caller = live[at % Math.max(1, live.length)];
            if (!caller) continue;
            caller.left = true;
            caller.leave();
            expect(upstream.calls[caller.call]?.signal.aborted).toBe(live.length === 1);
          } else if (live.length > 0) {
            const events = (said[upstream.calls.length - 1] ??= []);
            events.push(String(events.length));
            upstream.calls.at(-1)?.say(String(events.length - 1));
          }
        }
        for (const call of upstream.calls) call.end();
        await Promise.all(callers.map(({ done }) => done));
        for (const { heard, call, left } of callers) {
          const all = said[call] ?? [];
          expect(heard).toEqual(left ? all.slice(0, heard.length) : all);
        }
        expect(coalescer.size()).toBe(0);
      }),
      { numRuns: 300, seed: 11 },
    );
  });
});
