import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { basisOf, fitOf, ranked } from './fit.ts';
import type { Measured, Sized } from './fit.ts';

const ORDER = ['fits', 'may-be-slow', 'wont-fit'];
const model: fc.Arbitrary<Sized> = fc.record({
  sizeBytes: fc.integer({ min: 1e6, max: 1e12 }),
  activeShare: fc.double({ min: 0.05, max: 1, noNaN: true }),
  contextTokens: fc.integer({ min: 1, max: 1e6 }),
});
const machine: fc.Arbitrary<Measured> = fc
  .record({
    totalBytes: fc.integer({ min: 1e9, max: 1e12 }),
    freeShare: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    weightBytesPerSecond: fc.option(fc.double({ min: 1e6, max: 1e13, noNaN: true })),
  })
  .map(({ freeShare, totalBytes, ...rest }) => ({
    ...rest,
    totalBytes,
    freeBytes: freeShare === null ? null : freeShare * totalBytes,
  }));
const worse = (one: string, other: string) => ORDER.indexOf(one) > ORDER.indexOf(other);

describe('the fit of a model', () => {
  it('never gets worse with more memory or more speed, nor better with a larger file', () => {
    fc.assert(
      fc.property(model, machine, fc.double({ min: 1, max: 10, noNaN: true }), (sized, here, times) => {
        const { fit } = fitOf(sized, here);
        const free = here.freeBytes === null ? null : here.freeBytes * times;
        expect(worse(fitOf(sized, { ...here, totalBytes: here.totalBytes * times, freeBytes: free }).fit, fit)).toBe(
          false,
        );
        const speed = here.weightBytesPerSecond === null ? null : here.weightBytesPerSecond * times;
        expect(worse(fitOf(sized, { ...here, weightBytesPerSecond: speed }).fit, fit)).toBe(false);
        expect(worse(fit, fitOf({ ...sized, sizeBytes: sized.sizeBytes * times }, here).fit)).toBe(false);
      }),
      { seed: 5 },
    );
  });

  it('gives a reason exactly when it does not fit, and never a speed that nothing was measured for', () => {
    fc.assert(
      fc.property(model, machine, (sized, here) => {
        const { fit, because, tokensPerSecond, needBytes } = fitOf(sized, here);
        expect(because === null).toBe(fit === 'fits');
        expect(tokensPerSecond === null).toBe(here.weightBytesPerSecond === null);
        expect(needBytes).toBeGreaterThan(sized.sizeBytes);
        if (fit === 'fits') expect(needBytes).toBeLessThan(here.totalBytes);
      }),
      { seed: 6 },
    );
  });

  it('reckons speed from the largest model that was measured here', () => {
    const small = { name: 'small', sizeBytes: 8e6, tokensPerSecond: 1500 };
    const large = { name: 'large', sizeBytes: 2e8, tokensPerSecond: 100 };
    expect(basisOf([small, large, small])).toBe(large);
    expect(basisOf([])).toBeNull();
    expect(basisOf([small])).toBeNull();
    const here = { totalBytes: 32e9, freeBytes: 20e9, weightBytesPerSecond: 2e10 };
    expect(fitOf({ sizeBytes: 2e9, activeShare: 1, contextTokens: 4096 }, here)).toMatchObject({
      fit: 'fits',
      tokensPerSecond: 10,
    });
    expect(fitOf({ sizeBytes: 5e9, activeShare: 1, contextTokens: 4096 }, here)).toMatchObject({ because: 'speed' });
    expect(fitOf({ sizeBytes: 5e9, activeShare: 0.1, contextTokens: 4096 }, here)).toMatchObject({ fit: 'fits' });
    expect(fitOf({ sizeBytes: 19.9e9, activeShare: 0.1, contextTokens: 4096 }, here)).toMatchObject({
      because: 'memory-now',
    });
    expect(fitOf({ sizeBytes: 40e9, activeShare: 0.1, contextTokens: 4096 }, here)).toMatchObject({
      fit: 'wont-fit',
      because: 'memory',
    });
  });

  it('recommends one of each kind: the largest that fits, or the smallest while nothing is measured', () => {
    const list = (weightBytesPerSecond: number | null) =>
      ranked(
        (
          [
            ['chat', 1],
            ['chat', 4],
            ['chat', 30],
            ['code', 7],
          ] as const
        ).map(([kind, billions]) => ({
          kind,
          parameters: billions * 1e9,
          fit: fitOf(
            { sizeBytes: billions * 6e8, activeShare: 1, contextTokens: 4096 },
            { totalBytes: 16e9, freeBytes: 12e9, weightBytesPerSecond },
          ),
        })),
      );
    const best = (all: ReturnType<typeof list>) =>
      all.filter(({ recommended }) => recommended).map(({ kind, parameters }) => [kind, parameters / 1e9]);
    expect(best(list(3e10)).sort()).toEqual([
      ['chat', 4],
      ['code', 7],
    ]);
    expect(best(list(null)).sort()).toEqual([
      ['chat', 1],
      ['code', 7],
    ]);
    expect(list(3e10).map(({ recommended }) => recommended)).toEqual([true, true, false, false]);
    expect(list(3e10).at(-1)?.fit.fit).toBe('wont-fit');
  });
});
