import { describe, expect, it } from 'vitest';
import type { BreakerChange } from '../../../../electron/contract/entities/breaker.ts';
import { awayIn, bandAt, bandsOf } from './breaker-bands.ts';

const change = (at: number, patch: Partial<BreakerChange>): BreakerChange => ({
  at,
  of: 'provider',
  subject: 'acme',
  state: 'closed',
  because: 'answered',
  until: null,
  ...patch,
});
const opened = (at: number, until: number | null, patch: Partial<BreakerChange> = {}): BreakerChange =>
  change(at, { state: 'open', because: 'timeout', until, ...patch });
const spans = (changes: readonly BreakerChange[], until: number) =>
  bandsOf(changes, until).map(({ bands }) => bands.map(({ from, to, state }) => `${from}-${String(to)} ${state}`));

describe('bands of a breaker', () => {
  it('are open until the moment it stated and half-open from then, whether or not anybody has tried', () => {
    expect(spans([opened(10, 30)], 100)).toEqual([['10-30 open', '30-null half-open']]);
    expect(spans([opened(10, 30)], 20)).toEqual([['10-null open']]);
  });

  it('read the same once somebody tried, and end with what came of it', () => {
    const half = change(30, { state: 'half-open', because: 'timeout' });
    const rows = bandsOf([opened(10, 30), half, change(45, {})], 100);
    expect(rows[0]?.bands).toEqual([
      { from: 10, to: 30, state: 'open', because: 'timeout', ended: null },
      { from: 30, to: 45, state: 'half-open', because: 'timeout', ended: 'answered' },
    ]);
  });

  it('begin anew when the try failed', () => {
    const half = change(30, { state: 'half-open', because: 'timeout' });
    expect(spans([opened(10, 30), half, opened(31, 71), change(40, { because: 'key' })], 100)).toEqual([
      ['10-30 open', '30-31 half-open', '31-40 open'],
    ]);
  });

  it('go on without an end while only a person can change something', () => {
    expect(spans([opened(10, null, { because: 'auth' })], 100)).toEqual([['10-null open']]);
  });

  it('stand in rows by provider, each before its models, those that were never open left out', () => {
    const of = (subject: string, type: BreakerChange['of']) => opened(1, 5, { of: type, subject });
    const rows = bandsOf(
      [of('zeta', 'provider'), of('acme/b', 'model'), of('acme', 'provider'), change(3, { subject: 'fine' })],
      9,
    );
    expect(rows.map(({ subject }) => subject)).toEqual(['acme', 'acme/b', 'zeta']);
  });

  it('are found from near by, the nearest first', () => {
    const [row] = bandsOf([opened(10, 20), change(20, {}), opened(24, null)], 100);
    expect(bandAt(row, 21, 100, 5)?.from).toBe(10);
    expect(bandAt(row, 23, 100, 5)?.from).toBe(24);
    expect(bandAt(row, 90, 100, 5)?.from).toBe(24);
    expect(bandAt(row, 0, 100, 5)).toBeNull();
  });

  it('add up within a stretch', () => {
    const [row] = bandsOf([opened(10, 20), change(30, {}), opened(80, null)], 100);
    expect(row && awayIn(row, { since: 15, until: 90 })).toBe(25);
  });
});
