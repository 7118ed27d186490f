import { describe, expect, it } from 'vitest';
import type { TraceRow } from '../../../electron/contract/entities/trace.ts';
import { appendPage, refreshTop } from './pages.ts';
import type { Pages } from './pages.ts';

const row = (at: number, status: TraceRow['status'] = 'ok'): TraceRow => ({
  id: `t${String(at).padStart(3, '0')}`,
  turnId: null,
  conversationId: null,
  messageId: null,
  startedAt: at,
  durationMs: 1,
  status,
  source: 'app',
  private: false,
  modelId: null,
  modelName: null,
  route: null,
  degraded: false,
  faultCode: null,
  faultOrigin: null,
  promptVersionId: null,
  tokensIn: 0,
  tokensCached: 0,
  tokensOut: 0,
  firstTokenMs: null,
  tokensPerSecond: null,
  costUsd: 0,
  rating: null,
  preview: '',
});
const page = (ats: readonly number[], next: string | null, total = 9): Pages => ({
  rows: ats.map((at) => row(at)),
  next,
  total,
});
const ats = (pages: Pages): number[] => pages.rows.map((each) => each.startedAt);

describe('pages of traces', () => {
  it('append without showing a row twice', () => {
    const both = appendPage(page([9, 8, 7], 'c'), page([7, 6, 5], null, 10));
    expect(ats(both)).toEqual([9, 8, 7, 6, 5]);
    expect(both).toMatchObject({ next: null, total: 10 });
  });

  it('take new rows on top and keep what was loaded below', () => {
    const after = refreshTop(page([9, 8, 7, 6, 5], 'deep'), page([11, 10, 9, 8], 'top', 12));
    expect(ats(after)).toEqual([11, 10, 9, 8, 7, 6, 5]);
    expect(after).toMatchObject({ next: 'deep', total: 12 });
  });

  it('let go of a row that no longer matches', () => {
    expect(ats(refreshTop(page([9, 8, 7, 6], 'x'), page([9, 7], 'y')))).toEqual([9, 7, 6]);
  });

  it('show a changed row as it is now', () => {
    const after = refreshTop(
      { ...page([], null), rows: [row(9, 'running')] },
      { ...page([], null), rows: [row(9, 'ok')] },
    );
    expect(after.rows[0]?.status).toBe('ok');
  });

  it('are only the new top when that is all there is', () => {
    expect(ats(refreshTop(page([3, 2, 1], null), page([4], null, 1)))).toEqual([4]);
  });
});
