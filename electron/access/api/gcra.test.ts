import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGcra } from './gcra.ts';

/**
 * The same limit told another way: a bucket of `burst` tokens that gains one each interval. Time is counted in whole
 * intervals' parts, so nothing is rounded.
 */
function bucket(intervalMs: number, burst: number) {
  let tokens = burst * intervalMs;
  let at = 0;
  return (nowMs: number): number => {
    tokens = Math.min(burst * intervalMs, tokens + (nowMs - at));
    at = nowMs;
    if (tokens < intervalMs) return intervalMs - tokens;
    tokens -= intervalMs;
    return 0;
  };
}

describe('the rate limit of a token', () => {
  it('lets a whole minute’s worth through at once, then one each interval, and says exactly how long to wait', () => {
    const gcra = createGcra(3);
    expect([0, 0, 0, 0].map((at) => gcra.take(at))).toEqual([0, 0, 0, 20_000]);
    expect(gcra.take(19_999)).toBe(1);
    expect(gcra.take(20_000)).toBe(0);
    expect(gcra.take(20_000)).toBe(20_000);
  });

  it('decides as a bucket of tokens does, for any arrivals', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 3, 5, 60, 600, 6000),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 200 }),
        (perMinute, burst, gaps) => {
          const gcra = createGcra(perMinute, burst);
          const model = bucket(60_000 / perMinute, burst);
          let now = 0;
          for (const gap of gaps) {
            now += gap;
            expect(gcra.take(now)).toBeCloseTo(model(now), 6);
          }
        },
      ),
    );
  });

  it('never lets more through in any stretch of time than the burst and what that time adds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { minLength: 1, maxLength: 150 }),
        (perMinute, burst, gaps) => {
          const gcra = createGcra(perMinute, burst);
          const passed: number[] = [];
          let now = 0;
          for (const gap of gaps) {
            now += gap;
            if (gcra.take(now) === 0) passed.push(now);
          }
          passed.forEach((from, first) => {
            const last = passed.length - 1;
            const most = burst + (((passed[last] ?? 0) - from) * perMinute) / 60_000;
            expect(last - first + 1).toBeLessThanOrEqual(most + 0.001);
          });
        },
      ),
    );
  });

  it('is let through when it waits as long as it was told, not a millisecond less', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 20 }), (perMinute, burst) => {
        const gcra = createGcra(perMinute, burst);
        let wait = 0;
        while ((wait = gcra.take(1000)) === 0);
        if (wait > 1) expect(gcra.take(1000 + wait - 1)).toBeGreaterThan(0);
        expect(gcra.take(1000 + wait)).toBe(0);
      }),
    );
  });

  it('says how many may come now and when all may again', () => {
    const gcra = createGcra(60, 3);
    expect(gcra.left(0)).toEqual({ requests: 3, fullInMs: 0 });
    gcra.take(0);
    gcra.take(0);
    expect(gcra.left(0)).toEqual({ requests: 1, fullInMs: 2000 });
    gcra.take(0);
    expect(gcra.left(500)).toEqual({ requests: 0, fullInMs: 2500 });
    expect(gcra.left(1000)).toEqual({ requests: 1, fullInMs: 2000 });
    expect(gcra.left(9000)).toEqual({ requests: 3, fullInMs: 0 });
  });

  it('lets through as many at once as it said, whenever it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { maxLength: 30 }), fc.integer({ min: 1, max: 240 }), (pauses, rate) => {
        const gcra = createGcra(rate);
        let now = 0;
        for (const pause of pauses) {
          now += pause;
          gcra.take(now);
        }
        const { requests } = gcra.left(now);
        for (let at = 0; at < requests; at++) expect(gcra.take(now)).toBe(0);
        expect(gcra.take(now)).toBeGreaterThan(0);
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});
