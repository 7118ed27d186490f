import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { filterCount, parseQuery, SLOW_MS, toFilter, viewOf, VIEWS, withFilter, writeQuery } from './filters.ts';
import type { TraceQuery } from './filters.ts';

const anyQuery: fc.Arbitrary<TraceQuery> = fc.record(
  {
    text: fc.string({ minLength: 1 }),
    status: fc.constantFrom('ok' as const, 'failed' as const),
    model: fc.constantFrom('local/switchyard-starter', 'acme/big & bold'),
    route: fc.constantFrom('local' as const, 'cloud' as const),
    fault: fc.constantFrom('timeout' as const, 'local_oom' as const),
    origin: fc.constantFrom('model' as const, 'user' as const),
    degraded: fc.boolean(),
    rating: fc.constantFrom('up' as const, 'none' as const),
    slowerThan: fc.nat(60_000),
    dearerThan: fc.constantFrom(0.001, 0.5),
    source: fc.constantFrom('app' as const, 'lab' as const),
  },
  { requiredKeys: [] },
);
/** One of a preset and a stretch, as the address holds one. */
const anyTime: fc.Arbitrary<TraceQuery> = fc.oneof(
  fc.constant({}),
  fc.record({ time: fc.constantFrom('day' as const, 'week' as const) }),
  fc.tuple(fc.nat(), fc.nat()).map(([since, more]) => ({ between: { since, until: since + more } })),
);

describe('trace filters', () => {
  it('come back from the address exactly as they were written', () => {
    fc.assert(
      fc.property(anyQuery, anyTime, (narrowed, time) => {
        const query = { ...narrowed, ...time };
        expect(parseQuery(writeQuery(query))).toEqual(query);
      }),
    );
  });

  it('leave out what the address says wrongly instead of failing', () => {
    expect(parseQuery('status=exploded&slower=soon&time=forever&from=9&to=3&route=local')).toEqual({ route: 'local' });
  });

  it('lose a filter that is set to any', () => {
    expect(withFilter({ status: 'ok', text: 'hello' }, { status: undefined })).toEqual({ text: 'hello' });
  });

  it('ask the core for times counted back from now', () => {
    expect(toFilter({ time: 'day', slowerThan: 10 }, 100_000_000)).toEqual({
      since: 13_600_000,
      minDurationMs: 10,
    });
  });

  it('ask for a stretch of time as it is, whenever it is', () => {
    const between = { since: 1000, until: 1999 };
    expect(toFilter({ between, dearerThan: 0.5 }, 100_000_000)).toEqual({ ...between, minCostUsd: 0.5 });
  });

  it('ask for nothing when nothing is set', () => {
    expect(toFilter({}, 5)).toEqual({});
  });

  it('know which saved view they are, and none once narrowed further', () => {
    expect(viewOf({})).toBe('all');
    expect(viewOf(VIEWS.errors)).toBe('errors');
    expect(viewOf({ slowerThan: SLOW_MS })).toBe('slow');
    expect(viewOf({ rating: 'none', source: 'app', status: 'ok' })).toBe('unreviewed');
    expect(viewOf({ status: 'failed', text: 'x' })).toBeNull();
  });

  it('count without the search text', () => {
    expect(filterCount({ text: 'x', status: 'ok', degraded: false })).toBe(2);
  });
});
