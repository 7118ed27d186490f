import { describe, expect, it, vi } from 'vitest';
import { createCpuLoad, readCpuTimes } from './cpu-load.ts';
import { fastest, guessThreads, pastTheBest, threadCandidates } from './threads.ts';

describe('the times of this machine', () => {
  it('hold idle time and busy time in their sum, and this process within the busy part', () => {
    const { busyMs, totalMs, ownMs } = readCpuTimes();
    expect(busyMs).toBeGreaterThan(0);
    expect(totalMs).toBeGreaterThan(busyMs);
    expect(ownMs).toBeGreaterThan(0);
    expect(ownMs).toBeLessThan(busyMs);
  });
});

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
    expect(fastest([speed(1, 98), speed(2, 100)])?.threads).toBe(1);
    expect(fastest([speed(1, 94), speed(2, 100)])?.threads).toBe(2);
    expect(fastest([])).toBeNull();
  });

  it('stops trying when more threads have become clearly slower', () => {
    const speed = (threads: number, tokensPerSecond: number) => ({ threads, tokensPerSecond });
    expect(pastTheBest([speed(1, 50), speed(2, 100), speed(3, 60), speed(4, 40)])).toBe(true);
    expect(pastTheBest([speed(1, 50), speed(2, 100), speed(3, 90)])).toBe(false);
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

  it('does not judge by what happened long ago', () => {
    const { load, pass } = build(2);
    pass(900, 2, 0);
    expect(load.freeCores()).toBe(1);
    pass(5000, 2, 0);
    expect(load.freeCores()).toBe(2);
    pass(200, 2, 0);
    expect(load.freeCores()).toBe(1);
  });

  it('are looked at four times a second while the engine is in use, and two minutes longer', () => {
    vi.useFakeTimers();
    let reads = 0;
    const times = { busyMs: 0, totalMs: 0, ownMs: 0 };
    const load = createCpuLoad(() => {
      reads++;
      return times;
    }, 2);
    load.keepFresh();
    load.keepFresh();
    vi.advanceTimersByTime(1000);
    expect(reads).toBe(1 + 4);
    vi.advanceTimersByTime(600_000);
    expect(reads).toBe(1 + 480);
    load.keepFresh();
    vi.advanceTimersByTime(1000);
    expect(reads).toBe(1 + 484);
    vi.useRealTimers();
  });

  it('keeps its last answer over windows too short to tell', () => {
    const { load, pass } = build(2);
    pass(10, 2, 0);
    expect(load.freeCores()).toBe(2);
  });
});
