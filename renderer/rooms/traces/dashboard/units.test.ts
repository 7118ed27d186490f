import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Unit } from './figures.ts';
import { AXIS_FORMATS, AXIS_STEPS, FORMATS, formatShare } from './units.ts';

describe('figures of a dashboard', () => {
  it('have their unit, and a dash where nothing was measured', () => {
    expect([FORMATS.ms(1300), FORMATS.usd(0.5), FORMATS.share(0.25), FORMATS.count(1200)]).toEqual([
      '1.3 s',
      '$0.5000',
      '25%',
      '1,200',
    ]);
    for (const format of Object.values(FORMATS)) expect(format(null)).toBe('–');
  });

  it('never say that a small share is none', () => {
    expect([formatShare(0), formatShare(0.0001), formatShare(0.014), formatShare(0.02)]).toEqual([
      '0%',
      '0.1%',
      '1.4%',
      '2%',
    ]);
  });

  it('do not repeat themselves along an axis', () => {
    const units = Object.keys(AXIS_STEPS) as Unit[];
    fc.assert(
      fc.property(fc.constantFrom(...units), fc.nat(40), (unit, pick) => {
        const step = AXIS_STEPS[unit][pick % AXIS_STEPS[unit].length] ?? 1;
        // Up to 70% of a whole axis of five marks; shares end at 1.
        const marks = [0, 1, 2, 3, 4].map((mark) => mark * step).filter((mark) => unit !== 'share' || mark <= 1);
        expect(new Set(marks.map(AXIS_FORMATS[unit])).size).toBe(marks.length);
      }),
    );
  });
});
