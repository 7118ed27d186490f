import { describe, expect, it } from 'vitest';
import type { Span, Trace } from '../../../../electron/contract/entities/trace.ts';
import { alignSpans } from './align.ts';

const span = (
  id: string,
  parentId: string | null,
  kind: Span['kind'],
  name: string,
  durationMs: number | null,
): Span => ({
  id,
  parentId,
  kind,
  name,
  startMs: 0,
  durationMs,
  status: 'ok',
  fault: null,
  attributes: {},
  events: [],
});
const trace = (spans: Span[]): Trace => ({ id: 'trace', spans }) as unknown as Trace;
const shown = (a: Span[], b: Span[]) =>
  alignSpans(trace(a), trace(b)).map(({ depth, a: left, b: right, differenceMs }) => [
    depth,
    left?.id ?? null,
    right?.id ?? null,
    differenceMs,
  ]);

describe('steps of two traces beside each other', () => {
  it('are matched by what they do and where they lie, whatever model did it', () => {
    const a = [
      span('a0', null, 'turn', 'Turn', 100),
      span('a1', 'a0', 'attempt', 'Attempt 1: Small', 80),
      span('a2', 'a1', 'stream', 'Write the reply', 50),
    ];
    const b = [
      span('b0', null, 'turn', 'Completion', 60),
      span('b1', 'b0', 'attempt', 'Attempt 1: Big', 40),
      span('b2', 'b1', 'stream', 'Write the reply', 70),
    ];
    const asTurn = b.map((each) => (each.id === 'b0' ? { ...each, name: 'Turn' } : each));
    expect(shown(a, asTurn)).toEqual([
      [0, 'a0', 'b0', -40],
      [1, 'a1', 'b1', -40],
      [2, 'a2', 'b2', 20],
    ]);
    // The first steps of a turn and of a replay have other names and are the same all the same.
    expect(shown(a, b)[0]).toEqual([0, 'a0', 'b0', -40]);
  });

  it('that repeat are matched in order, and what only one has stands alone', () => {
    const a = [
      span('a0', null, 'turn', 'Turn', 10),
      span('a1', 'a0', 'attempt', 'Attempt 1: X', 1),
      span('a2', 'a0', 'attempt', 'Attempt 2: Y', 2),
      span('a3', 'a0', 'storage', 'Store the reply', 3),
    ];
    const b = [
      span('b0', null, 'turn', 'Turn', 10),
      span('b1', 'b0', 'attempt', 'Attempt 1: Y', 5),
      span('b2', 'b0', 'cache', 'Look into the cache', 1),
    ];
    expect(shown(a, b)).toEqual([
      [0, 'a0', 'b0', 0],
      [1, 'a1', 'b1', 4],
      [1, 'a2', null, null],
      [1, 'a3', null, null],
      [1, null, 'b2', null],
    ]);
  });

  it('have no difference where one never ended, and a step without its parent stands at the top', () => {
    const a = [span('a0', null, 'turn', 'Turn', null), span('a1', 'gone', 'cache', 'Look', 1)];
    const b = [span('b0', null, 'turn', 'Turn', 4)];
    expect(shown(a, b)).toEqual([
      [0, 'a0', 'b0', null],
      [0, 'a1', null, null],
    ]);
  });
});
