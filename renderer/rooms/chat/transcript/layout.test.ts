import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLayout } from './layout.ts';

const heightsOf = fc.array(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 50,
});

function build(all: readonly number[][]) {
  const layout = createLayout();
  layout.resize(all.length, () => 120);
  all.forEach((own, index) => layout.setParts(index, [...own]));
  return layout;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('the transcript layout', () => {
  it('finds for every place the part that a walk over all parts finds', () => {
    fc.assert(
      fc.property(heightsOf, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const layout = build(all);
        const total = sum(all.map(sum));
        expect(layout.total()).toBe(total);
        const y = Math.min(total - 1, Math.floor(total * share));
        let top = 0;
        let expected = { index: 0, part: 0, dy: 0 };
        all.forEach((own, index) =>
          own.forEach((height, part) => {
            if (top <= y) expected = { index, part, dy: y - top };
            top += height;
          }),
        );
        expect(layout.anchorAt(y)).toStrictEqual(expected);
        expect(layout.offset(expected.index, expected.part) + expected.dy).toBe(y);
      }),
    );
  });

  it('keeps an anchor at its own text when something above it grows', () => {
    const layout = build([[100, 50], [40, 60, 20], [10]]);
    const anchor = layout.anchorAt(200);
    layout.measure(0, 1, 350);
    expect(layout.offset(anchor.index, anchor.part) + anchor.dy).toBe(500);
  });

  it('says when a measured height is news', () => {
    const layout = build([[100]]);
    expect(layout.measure(0, 0, 100.2)).toBe(false);
    expect(layout.measure(0, 0, 130)).toBe(true);
    expect(layout.measure(0, 7, 130)).toBe(false);
    expect(layout.total()).toBe(130);
  });

  it('keeps what is known when messages are added, and forgets what is gone', () => {
    const layout = build([[100], [50]]);
    layout.resize(3, () => 70);
    expect(layout.total()).toBe(220);
    layout.resize(1, () => 70);
    expect(layout.total()).toBe(100);
    expect(layout.parts(1)).toBeUndefined();
  });

  it('spans what lies between two places', () => {
    const layout = build([[100, 50], [40, 60, 20], [10]]);
    expect(layout.span(120, 260)).toStrictEqual({ from: { index: 0, part: 1 }, to: { index: 1, part: 2 } });
    expect(createLayout().span(0, 100)).toBeNull();
  });
});
