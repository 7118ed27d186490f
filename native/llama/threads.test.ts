import { describe, expect, it } from 'vitest';
import { createCpuLoad } from './cpu-load.ts';
import { createThreadGovernor, fastest, guessThreads, pastTheBest, threadCandidates } from './threads.ts';

describe('choosing threads', () => {
  it('tries every small count and ends with all cores', () => {
    expect(threadCandidates(1)).toEqual([1]);
    expect(threadCandidates(2)).toEqual([1, 2]);
    expect(threadCandidates(16)).toEqual([1, 2, 3, 4, 6, 8, 12, 16]);
  });

  it('starts small models with one thread whatever the machine', () => {
    expect(guessThreads(190e6, 32)).toEqual({ decode: 1, prefill: 32 });
    expect(guessThreads(8e9, 12)).toEqual({ decode: 6, prefill: 12 });
  });

  it('prefers few threads unless more are clearly faster', () => {
    const speed = (threads: number, tokensPerSecond: number) => ({ threads, tokensPerSecond });
    expect(fastest([speed(1, 95), speed(2, 100)])?.threads).toBe(1);
    expect(fastest([speed(1, 60), speed(2, 100)])?.threads).toBe(2);
    expect(fastest([])).toBeNull();
  });

  it('stops trying when more threads have become clearly slower', () => {
    const speed = (threads: number, tokensPerSecond: number) => ({ threads, tokensPerSecond });
    expect(pastTheBest([speed(1, 50), speed(2, 100), speed(3, 60), speed(4, 40)])).toBe(true);
    expect(pastTheBest([speed(1, 50), speed(2, 100), speed(3, 90)])).toBe(false);
  });
});

describe('watching throughput', () => {
  /** Feeds tokens at a speed that depends on the thread count, until `untilMs`. */
  const run = (speedOf: (threads: number, atMs: number) => number, untilMs: number) => {
    const governor = createThreadGovernor({
      threads: 2,
      expectedTokensPerSecond: 100,
      candidates: () => [1, 2],
      startMs: 0,
    });
    let threads = 2;
    const changes: number[] = [];
    for (let at = 0; at < untilMs;) {
      at += 1000 / speedOf(threads, at);
      const change = governor.token(at);
      if (change !== null) changes.push((threads = change));
    }
    return { threads, changes, collapsed: governor.collapsed() };
  };

  it('leaves a reply at the measured speed alone', () => {
    expect(run(() => 90, 10_000)).toEqual({ threads: 2, changes: [], collapsed: false });
  });

  it('goes on with the faster thread count when the speed collapses', () => {
    const { threads, collapsed } = run((count, at) => (at < 1000 ? 100 : count === 1 ? 80 : 5), 8000);
    expect({ threads, collapsed }).toEqual({ threads: 1, collapsed: true });
  });

  it('does not react to a short hiccup', () => {
    expect(run((_, at) => (at > 1000 && at < 1300 ? 10 : 100), 4000).collapsed).toBe(false);
  });

  it('tries ever more rarely while nothing helps', () => {
    const { changes } = run(() => 10, 60_000);
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.length).toBeLessThan(12);
  });

  it('steps down to what is left when others took the cores', () => {
    const governor = createThreadGovernor({
      threads: 2,
      expectedTokensPerSecond: 100,
      candidates: () => [1],
      startMs: 0,
    });
    const changes: number[] = [];
    for (let at = 100; at < 3000; at += 100) {
      const change = governor.token(at);
      if (change !== null) changes.push(change);
    }
    expect(changes).toEqual([1]);
  });

  it('tries nothing while nothing is known', () => {
    const governor = createThreadGovernor({
      threads: 1,
      expectedTokensPerSecond: null,
      candidates: () => [1, 2],
      startMs: 0,
    });
    for (let at = 0; at < 10_000; at += 500) expect(governor.token(at)).toBeNull();
  });
});

describe('free cores', () => {
  const build = (cores: number) => {
    const times = { busyMs: 0, totalMs: 0, ownMs: 0 };
    const load = createCpuLoad(() => ({ ...times }), cores);
    return {
      load,
      pass(ms: number, others: number, own: number): void {
        times.totalMs += ms * cores;
        times.busyMs += (others + own) * ms;
        times.ownMs += own * ms;
      },
    };
  };

  it('does not count what this process uses', () => {
    const { load, pass } = build(2);
    pass(200, 0.1, 1);
    expect(load.freeCores()).toBe(2);
  });

  it('sees a core that another program holds', () => {
    const { load, pass } = build(2);
    pass(200, 1, 1);
    expect(load.freeCores()).toBe(1);
  });

  it('never goes below one', () => {
    const { load, pass } = build(4);
    pass(200, 4, 0);
    expect(load.freeCores()).toBe(1);
  });

  it('keeps its last answer over windows too short to tell', () => {
    const { load, pass } = build(2);
    pass(10, 2, 0);
    expect(load.freeCores()).toBe(2);
  });
});
