import { describe, expect, it } from 'vitest';
import type { Span, Trace } from '../../../../electron/contract/entities/trace.ts';
import { gapsOf } from './gaps.ts';

const span = (id: string, parentId: string | null, kind: Span['kind'], attributes: Span['attributes'] = {}): Span => ({
  id,
  parentId,
  kind,
  name: kind,
  startMs: 0,
  durationMs: 1,
  status: 'ok',
  fault: null,
  attributes,
  events: [],
});
const trace = (spans: Span[]): Trace => ({ id: 'trace', spans }) as unknown as Trace;
const figures = { gapP50Ms: 10, gapP95Ms: 20, gapMaxMs: 300, deltas: 4, firstTokenMs: 55 };

describe('gaps of a trace', () => {
  it('belong to the attempt that streamed, with what is drawn of them', () => {
    const found = gapsOf(
      trace([
        span('root', null, 'turn'),
        span('one', 'root', 'attempt', { modelId: 'far/big' }),
        span('two', 'root', 'attempt', { modelId: 'local/small' }),
        span('stream', 'two', 'stream', { ...figures, gapsMs: [10, 300, 10], gapsEach: 2 }),
      ]),
    );
    expect(found).toEqual([
      {
        spanId: 'stream',
        attempt: 2,
        modelId: 'local/small',
        pieces: 4,
        firstTokenMs: 55,
        medianMs: 10,
        p95Ms: 20,
        longestMs: 300,
        columnsMs: [10, 300, 10],
        each: 2,
      },
    ]);
  });

  it('of an older trace have their figures and nothing to draw', () => {
    expect(gapsOf(trace([span('a', null, 'attempt'), span('s', 'a', 'stream', figures)]))).toMatchObject([
      { longestMs: 300, columnsMs: [], each: 1 },
    ]);
  });

  it('are none where fewer than two pieces came', () => {
    expect(gapsOf(trace([span('a', null, 'attempt'), span('s', 'a', 'stream', { deltas: 1 })]))).toEqual([]);
  });
});
