import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addPacked, count, newCounts, packCounts, quantiles } from './sketch.ts';

const someMs = fc.array(fc.double({ min: 0.02, max: 1e8, noNaN: true }), { minLength: 1, maxLength: 200 });
const countsOf = (values: readonly number[]) => {
  const counts = newCounts();
  for (const value of values) count(counts, value);
  return counts;
};

describe('a histogram', () => {
  it('knows every quantile to one hundredth, however many parts it was merged from', () => {
    fc.assert(
      fc.property(
        fc.array(someMs, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (parts, share) => {
          const merged = newCounts();
          for (const part of parts) addPacked(merged, packCounts(countsOf(part)));
          const sorted = parts.flat().sort((a, b) => a - b);
          const exact = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
          const [found] = quantiles(merged, [share]);
          expect(Math.abs((found ?? 0) - exact)).toBeLessThanOrEqual(exact * 0.0101);
        },
      ),
      { numRuns: 100, seed: 5 },
    );
  });

  it('says nothing of nothing, and counts what lies beyond its ends', () => {
    expect(quantiles(newCounts(), [0.5])).toEqual([null]);
    const counts = countsOf([0, -3, 1e300]);
    expect([...counts.values()]).toEqual([2, 1]);
  });

  it('takes about two bytes a bucket that has any, and survives bytes that mean nothing', () => {
    expect(packCounts(countsOf([1, 1, 1, 1, 5]))).toHaveLength(5);
    const counts = newCounts();
    expect(() => addPacked(counts, Uint8Array.from([255, 255, 255, 255, 255, 255]))).not.toThrow();
  });
});
