import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { stepAt, stepsOfStretch, stretchOfSteps, walk } from './selection.ts';

const STEPS = [100, 110, 120, 130];

describe('a mark on a chart', () => {
  it('covers whole steps, from wherever to wherever it was drawn', () => {
    expect([stepAt(STEPS, 10, 119), stepAt(STEPS, 10, 120), stepAt(STEPS, 10, 0), stepAt(STEPS, 10, 999)]).toEqual([
      1, 2, 0, 3,
    ]);
    expect(stretchOfSteps(STEPS, 10, { from: 1, to: 2 })).toEqual({ since: 110, until: 130 });
  });

  it('stays on its time while the picture moves on, and goes when its time has left', () => {
    const mark = stretchOfSteps(STEPS, 10, { from: 1, to: 2 });
    expect(stepsOfStretch([110, 120, 130, 140], 10, mark)).toEqual({ from: 0, to: 1 });
    expect(stepsOfStretch([120, 130], 10, mark)).toEqual({ from: 0, to: 0 });
    expect(stepsOfStretch([130, 140], 10, mark)).toBeNull();
    expect(stepsOfStretch([], 10, mark)).toBeNull();
  });

  it('leads back to the steps it was made of', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.nat(3), (a, b) => {
        const steps = { from: Math.min(a, b), to: Math.max(a, b) };
        expect(stepsOfStretch(STEPS, 10, stretchOfSteps(STEPS, 10, steps))).toEqual(steps);
      }),
    );
  });
});

describe('walking a chart by keyboard', () => {
  it('begins at the newest step and stays inside', () => {
    expect(walk(null, 'ArrowLeft', false, 4)).toEqual({ at: 3, anchor: null });
    expect(walk({ at: 3, anchor: null }, 'ArrowRight', false, 4)?.at).toBe(3);
    expect(walk({ at: 1, anchor: null }, 'PageUp', false, 4)?.at).toBe(0);
    expect(walk({ at: 1, anchor: null }, 'End', false, 4)?.at).toBe(3);
  });

  it('marks from where Shift was first held, until it is let go', () => {
    const first = walk({ at: 2, anchor: null }, 'ArrowLeft', true, 4);
    expect(first).toEqual({ at: 1, anchor: 2 });
    expect(walk(first, 'ArrowLeft', true, 4)).toEqual({ at: 0, anchor: 2 });
    expect(walk(first, 'ArrowLeft', false, 4)).toEqual({ at: 0, anchor: null });
  });

  it('leaves other keys, and an empty chart, alone', () => {
    expect(walk({ at: 2, anchor: null }, 'a', false, 4)).toBeNull();
    expect(walk(null, 'ArrowLeft', false, 0)).toBeNull();
  });
});
