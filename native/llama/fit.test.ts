import type { ModelShape } from '../../electron/base/model-shape.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimate, fit, LEAST_CONTEXT_TOKENS, MOST_SEQUENCES, readsIntoMemory, stepsDown } from './fit.ts';

const GiB = 2 ** 30;
/** Llama 3.1 8B at Q4_K_M. */
const EIGHT_B: ModelShape = {
  weightsBytes: 4.9e9,
  layers: 32,
  width: 4096,
  feedForward: 14_336,
  vocabulary: 128_256,
  stateElements: 32 * 8 * 256,
  trainedTokens: 131_072,
};
const SMALL: ModelShape = {
  weightsBytes: 8e6,
  layers: 6,
  width: 320,
  feedForward: 896,
  vocabulary: 3072,
  stateElements: 6 * 128,
  trainedTokens: 1024,
};
const shapes = fc.record({
  weightsBytes: fc.integer({ min: 1e6, max: 4e10 }),
  layers: fc.integer({ min: 1, max: 100 }),
  width: fc.integer({ min: 64, max: 8192 }),
  feedForward: fc.integer({ min: 64, max: 32_768 }),
  vocabulary: fc.integer({ min: 300, max: 200_000 }),
  stateElements: fc.integer({ min: 64, max: 300_000 }),
  trainedTokens: fc.integer({ min: 512, max: 200_000 }),
});
const rooms = fc.record({
  ram: fc.integer({ min: 1e8, max: 1e11 }),
  gpu: fc.option(fc.integer({ min: 1e8, max: 8e10 })),
});

describe('how a model is run in the memory that is free', () => {
  it('gives a small model all it can use', () => {
    expect(fit(SMALL, { ram: 16 * GiB, gpu: null })).toMatchObject({
      gpuLayers: 0,
      contextTokens: 1024,
      sequences: MOST_SEQUENCES,
      cacheType: 'F16',
      mostContextTokens: 1024,
    });
  });

  it('puts as many layers on the graphics card as it holds', () => {
    expect(fit(EIGHT_B, { ram: 32 * GiB, gpu: 24 * GiB })?.gpuLayers).toBe(33);
    const half = fit(EIGHT_B, { ram: 32 * GiB, gpu: 4 * GiB })?.gpuLayers ?? 0;
    expect(half).toBeGreaterThan(8);
    expect(half).toBeLessThan(25);
    expect(fit(EIGHT_B, { ram: 32 * GiB, gpu: 0.7 * GiB })?.gpuLayers).toBeLessThan(3);
  });

  it('keeps fewer conversations, then less context, then a smaller cache, when memory is short', () => {
    const plans = [16, 7.5, 6.2, 5.8].map((size) => fit(EIGHT_B, { ram: size * GiB, gpu: null }));
    const sizes = plans.map((plan) => (plan ? plan.contextTokens * plan.sequences : 0));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(sizes.at(-1)).toBeGreaterThan(0);
  });

  it('says so when not even the least fits', () => {
    expect(fit(EIGHT_B, { ram: 4 * GiB, gpu: null })).toBeNull();
  });

  it('never plans more than is free, nor a context the model was not trained with', () => {
    fc.assert(
      fc.property(shapes, rooms, (shape, room) => {
        const plan = fit(shape, room);
        if (!plan) return;
        const { ramBytes, gpuBytes } = estimate(shape, plan);
        expect(ramBytes).toBeLessThanOrEqual(room.ram);
        expect(gpuBytes).toBeLessThanOrEqual(room.gpu ?? 0);
        expect(plan.contextTokens).toBeGreaterThanOrEqual(LEAST_CONTEXT_TOKENS);
        expect(plan.contextTokens).toBeLessThanOrEqual(shape.trainedTokens);
        expect(plan.mostContextTokens).toBeGreaterThanOrEqual(plan.contextTokens);
      }),
    );
  });
});

describe('steps down', () => {
  it('go from fewer layers over less context to the processor alone', () => {
    const plan = fit(EIGHT_B, { ram: 32 * GiB, gpu: 24 * GiB });
    if (!plan) throw new Error('It fits.');
    const steps = stepsDown(plan);
    expect(steps.map(({ gpuLayers }) => gpuLayers)).toEqual([16, 16, 0, 0, 0]);
    expect(steps.at(-1)).toMatchObject({ sequences: 1, cacheType: 'Q8_0' });
  });

  it('are each smaller than the one before, and none is the same thing again', () => {
    fc.assert(
      fc.property(shapes, rooms, (shape, room) => {
        const plan = fit(shape, room);
        if (!plan) return;
        const all = [plan, ...stepsDown(plan)];
        for (const [at, one] of all.entries()) {
          const before = all[at - 1];
          if (!before) continue;
          const [now, then] = [estimate(shape, one), estimate(shape, before)];
          // A card that no longer holds the output is lent it for a moment.
          const lent = one.gpuLayers === 0 ? shape.vocabulary * shape.width * 1.0625 : 0;
          expect(now.gpuBytes).toBeLessThanOrEqual(then.gpuBytes + lent);
          // Layers that leave the card are held by the main memory.
          if (one.gpuLayers === before.gpuLayers) expect(now.ramBytes).toBeLessThanOrEqual(then.ramBytes);
        }
        expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(all.length);
      }),
    );
  });
});

describe('weights', () => {
  it('are read into memory when they are small and three times as much is free', () => {
    expect(readsIntoMemory(190e6, 4 * GiB)).toBe(true);
  });

  it('stay in their file when memory is scarce', () => {
    expect(readsIntoMemory(190e6, 500e6)).toBe(false);
  });

  it('stay in their file when reading them would take long', () => {
    expect(readsIntoMemory(4.9e9, 64 * GiB)).toBe(false);
  });
});
