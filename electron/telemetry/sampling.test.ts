import { describe, expect, it } from 'vitest';
import { makeSpan, makeTraceRow } from '../../test/flow/storage-rows.ts';
import type { Trace } from '../contract/entities/trace.ts';
import { sampled } from './sampling.ts';

const make = (n: number, patch: Partial<Trace> = {}): Trace => ({
  ...makeTraceRow(
    `01890000-0000-7000-8000-0000${Math.ceil((n / 1000) * 2 ** 32)
      .toString(16)
      .padStart(8, '0')}`,
    { status: 'ok', durationMs: 500 },
  ),
  decision: null,
  spans: [makeSpan('s')],
  ...patch,
});
const keeps = (trace: Trace, share: number): boolean => sampled(trace, share).spans.length > 0;

describe('a share of traces that keep their steps', () => {
  it('is as large as asked for, and every row stays', () => {
    const all = Array.from({ length: 1000 }, (_, n) => make(n));
    expect(all.filter((trace) => keeps(trace, 0.2))).toHaveLength(200);
    expect(sampled(all[999] ?? make(999), 0)).toEqual({ ...all[999], spans: [] });
    expect(all.every((trace) => keeps(trace, 1))).toBe(true);
  });

  it('has everything that went wrong, was slow, or belongs to a conversation', () => {
    const failedInside = { spans: [makeSpan('s', { status: 'error' })] };
    for (const patch of [
      { status: 'failed' },
      { status: 'stopped' },
      { degraded: true },
      { durationMs: 60_000 },
      { conversationId: 'c' },
      failedInside,
    ] as const)
      expect(keeps(make(999, patch as Partial<Trace>), 0)).toBe(true);
  });
});
