import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Span } from '../../../electron/contract/entities/trace.ts';
import { layoutWaterfall, stepInTree, timeMarks } from './waterfall.ts';

const span = (id: string, parentId: string | null, startMs: number, durationMs: number | null): Span => ({
  id,
  parentId,
  kind: 'attempt',
  name: id,
  startMs,
  durationMs,
  status: 'ok',
  fault: null,
  attributes: {},
  events: [],
});

const names = (spans: readonly Span[], collapsed?: ReadonlySet<string>): string[] =>
  layoutWaterfall(spans, collapsed).rows.map((row) => '·'.repeat(row.level - 1) + row.span.id);

describe('waterfall', () => {
  const turn = [
    span('store', 'turn', 90, 10),
    span('turn', null, 0, 100),
    span('try', 'turn', 10, 70),
    span('prefill', 'try', 12, 30),
  ];

  it('puts children under their parent, in order of their start', () => {
    expect(names(turn)).toEqual(['turn', '·try', '··prefill', '·store']);
  });

  it('places each bar by its share of the whole', () => {
    const row = layoutWaterfall(turn).rows[2];
    expect(row?.left).toBeCloseTo(0.12);
    expect(row?.width).toBeCloseTo(0.3);
  });

  it('hides everything below a collapsed span and says how much there is', () => {
    const { rows, spanCount } = layoutWaterfall(turn, new Set(['try']));
    expect(rows.map((row) => row.span.id)).toEqual(['turn', 'try', 'store']);
    expect(rows[1]).toMatchObject({ children: 1, expanded: false });
    expect(spanCount).toBe(4);
  });

  it('counts time that no child accounts for once, even where children overlap', () => {
    const { rows } = layoutWaterfall([span('p', null, 0, 100), span('a', 'p', 10, 40), span('b', 'p', 30, 40)]);
    expect(rows[0]?.selfMs).toBe(40);
    expect(rows[1]?.selfMs).toBeNull();
  });

  it('draws a span without an end up to the end of the picture', () => {
    const { rows } = layoutWaterfall([span('t', null, 0, null), span('q', 't', 20, null)], new Set(), 80);
    expect(rows[1]?.left).toBeCloseTo(0.25);
    expect(rows[1]?.width).toBeCloseTo(0.75);
  });

  it('shows a span whose parent is missing as a root', () => {
    expect(names([span('lost', 'nowhere', 5, 5), span('t', null, 0, 10)])).toEqual(['t', 'lost']);
  });

  it('loses no span and ends, whatever the parents are', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const any = fc.tuple(
      ...ids.map((id) =>
        fc.record({
          id: fc.constant(id),
          parentId: fc.option(fc.constantFrom(...ids, 'gone')),
          startMs: fc.double({ min: 0, max: 100, noNaN: true }),
          durationMs: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
        }),
      ),
    );
    fc.assert(
      fc.property(any, (shapes) => {
        const { rows } = layoutWaterfall(shapes.map((s) => span(s.id, s.parentId, s.startMs, s.durationMs)));
        expect(rows.map((row) => row.span.id).sort()).toEqual(ids);
        for (const row of rows) expect(row.left + row.width).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it('lays out a chain of 5,000 nested spans without running out of stack', () => {
    const deep = Array.from({ length: 5000 }, (_, n) =>
      span(`s${String(n)}`, n === 0 ? null : `s${String(n - 1)}`, n, 5000 - n),
    );
    const { rows } = layoutWaterfall(deep);
    expect(rows).toHaveLength(5000);
    expect(rows[4999]?.level).toBe(5000);
  });
});

describe('time marks', () => {
  it('are round and stay within the whole', () => {
    expect(timeMarks(100)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(timeMarks(2740)).toEqual([0, 1000, 2000]);
    expect(timeMarks(0.9)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
  });
});

describe('arrow keys in the waterfall', () => {
  const { rows } = layoutWaterfall([span('t', null, 0, 9), span('a', 't', 1, 5), span('b', 'a', 2, 1)]);

  it('right goes into an open span and does nothing on a leaf', () => {
    expect(stepInTree(rows, 0, 'ArrowRight')).toEqual({ row: 1, toggle: false });
    expect(stepInTree(rows, 2, 'ArrowRight')).toEqual({ row: 2, toggle: false });
  });

  it('left closes an open span, and from a leaf goes to its parent', () => {
    expect(stepInTree(rows, 1, 'ArrowLeft')).toEqual({ row: 1, toggle: true });
    expect(stepInTree(rows, 2, 'ArrowLeft')).toEqual({ row: 1, toggle: false });
  });

  it('down stops at the last row', () => {
    expect(stepInTree(rows, 2, 'ArrowDown').row).toBe(2);
  });
});
