import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOf, ticksOf } from './chart.ts';

describe('the scale of a chart', () => {
  it('begins at nought and ends at or above the largest value, in steps of 1, 2 or 5', () => {
    expect(ticksOf(1245)).toEqual([0, 500, 1000, 1500]);
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (most) => {
        const ticks = ticksOf(most);
        expect(ticks[0]).toBe(0);
        expect(ticks.at(-1) ?? 0).toBeGreaterThanOrEqual(most * (1 - 1e-5));
        expect(ticks.length).toBeLessThanOrEqual(5);
      }),
    );
  });

  it('is a single line for nothing measured', () => {
    expect(ticksOf(0)).toEqual([0]);
  });

  it('puts a single column in the middle and several from edge to edge', () => {
    expect(placeOf(0, 1, 0, 100)).toBe(50);
    expect([placeOf(0, 3, 0, 100), placeOf(1, 3, 0, 100), placeOf(2, 3, 0, 100)]).toEqual([0, 50, 100]);
  });
});
