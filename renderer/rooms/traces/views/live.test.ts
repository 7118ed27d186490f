import { describe, expect, it } from 'vitest';
import type { TraceRow } from '../../../../electron/contract/entities/trace.ts';
import { heldBack, newestOf } from './live.ts';

const row = (id: string, startedAt: number): TraceRow => ({ id, startedAt }) as TraceRow;
const ids = (rows: readonly TraceRow[]): string => rows.map(({ id }) => id).join('');

describe('new traces', () => {
  const before = [row('b', 20), row('a', 10)];

  it('wait while somebody reads, and are counted', () => {
    const shown = newestOf(before);
    const { rows, held } = heldBack([row('d', 30), row('c', 20), ...before], shown);
    expect([ids(rows), held]).toEqual(['ba', 2]);
  });

  it('are all shown where nothing was shown before', () => {
    expect(heldBack(before, newestOf([]))).toEqual({ rows: before, held: 0 });
  });

  it('do not hold back what changed in a row that was shown', () => {
    const changed = { ...row('b', 20), status: 'ok' } as TraceRow;
    expect(heldBack([changed, row('a', 10)], newestOf(before)).rows[0]).toBe(changed);
  });

  it('leave the list alone when the newest one shown is gone', () => {
    expect(heldBack([row('a', 10)], newestOf(before))).toEqual({ rows: [row('a', 10)], held: 0 });
  });
});
