import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../electron/contract/entities/model.ts';
import { createSpeedBook } from './speed-book.ts';
import type { Way } from './speed-book.ts';

const measured = (more: Partial<Measurement> = {}): Measurement => ({
  backend: 'cpu',
  decodeThreads: 1,
  prefillThreads: 2,
  decodeTokensPerSecond: 100,
  prefillTokensPerSecond: 500,
  measuredAt: 0,
  ...more,
});

/** A machine in virtual time: makes tokens for `count` replies at a speed that depends on how it is done. */
function machine(measurement: Measurement | null, cores = 2) {
  let nowMs = 0;
  let free = cores;
  const book = createSpeedBook({ cores, modelBytes: 1e8, freeCores: () => free, monotonicMs: () => nowMs });
  if (measurement) book.learn(measurement);
  return {
    book,
    setFree: (count: number) => void (free = count),
    pause: (ms: number) => void (nowMs += ms),
    /** Returns tokens a second over the last `tailMs`. */
    run(count: number, forMs: number, speedOf: (way: Way) => number, tailMs = forMs): { speed: number; last: Way } {
      const endMs = nowMs + forMs;
      let tokens = 0;
      let last: Way = { width: 0, threads: 0 };
      while (nowMs < endMs) {
        last = book.decode(count);
        const ms = (last.width * 1000) / speedOf(last);
        nowMs += ms;
        if (nowMs > endMs - tailMs) tokens += last.width;
        book.noteDecode(count, last, ms);
      }
      return { speed: (tokens * 1000) / tailMs, last };
    },
  };
}

describe('how the next tokens are made', () => {
  it('keeps what was measured while the speed is as measured', () => {
    const { run, book } = machine(measured());
    expect(run(1, 20_000, () => 95).last).toEqual({ width: 1, threads: 1 });
    expect(book.takeSurprise()).toBe(false);
  });

  it('finds that several replies in one step are faster, with more threads', () => {
    const { run } = machine(measured());
    const speedOf = ({ width, threads }: Way) => (width === 8 ? (threads === 2 ? 210 : 150) : threads === 1 ? 100 : 80);
    expect(run(8, 5000, speedOf).last).toEqual({ width: 8, threads: 2 });
  });

  it('takes turns where computing two at once is slower than one after the other', () => {
    const { run } = machine(measured());
    expect(run(2, 5000, ({ width }) => (width === 2 ? 70 : 110)).last.width).toBe(1);
  });

  it('recovers 80% of the best within 5 s when the speed collapses', () => {
    const { run, book } = machine(measured({ decodeThreads: 2 }));
    run(1, 5000, ({ threads }) => (threads === 2 ? 100 : 80));
    const { speed } = run(1, 5000, ({ threads }) => (threads === 2 ? 5 : 75), 2500);
    expect(speed).toBeGreaterThan(75 * 0.8);
    expect(book.takeSurprise()).toBe(true);
    expect(book.takeSurprise()).toBe(false);
  });

  it('steps down at once when others take the cores, and comes back when they leave', () => {
    const { run, setFree } = machine(measured({ decodeThreads: 4 }), 4);
    const speedOf = ({ threads }: Way) => threads * 25;
    run(1, 2000, speedOf);
    setFree(3);
    expect(run(1, 500, speedOf).last.threads).toBeLessThanOrEqual(3);
    setFree(4);
    expect(run(1, 1000, speedOf).last.threads).toBe(4);
  });

  it('does not react to a short hiccup', () => {
    const { run, book } = machine(measured());
    run(1, 1000, () => 100);
    run(1, 150, () => 20);
    run(1, 1000, () => 100);
    expect(book.takeSurprise()).toBe(false);
  });

  it('does not take the pause between two replies for slowness', () => {
    const { run, book, pause } = machine(measured());
    for (let reply = 0; reply < 20; reply++) {
      run(1, 400, () => 100);
      run(1, 225, () => 40);
      pause(20_000);
    }
    expect(book.takeSurprise()).toBe(false);
  });

  it('tries ever more rarely while nothing helps', () => {
    const { run, book } = machine(measured({ decodeThreads: 2 }));
    let tries = 0;
    for (let second = 0; second < 120; second++) {
      run(1, 1000, () => 10 - second * 0.05);
      if (book.takeSurprise()) tries++;
    }
    expect(tries).toBeGreaterThan(0);
    expect(tries).toBeLessThan(8);
  });

  it('guesses and tries nothing for one reply while nothing is measured', () => {
    const { run } = machine(null, 8);
    expect(run(1, 5000, () => 3).last).toEqual({ width: 1, threads: 1 });
  });
});

describe('threads of a prompt', () => {
  it('are halved while parts take far longer than measured', () => {
    const { book } = machine(measured());
    expect(book.prompt()).toBe(2);
    for (let i = 0; i < 3; i++) book.notePrompt(2, 100, 1000);
    expect(book.prompt()).toBe(1);
  });

  it('stay what they are when half of them is no better', () => {
    const { book } = machine(measured());
    for (let i = 0; i < 3; i++) book.notePrompt(2, 100, 1000);
    for (let i = 0; i < 3; i++) book.notePrompt(1, 100, 1500);
    expect(book.prompt()).toBe(2);
  });
});
