import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseQuery, TIME_RANGES, writeQuery } from '../filters.ts';
import { groupQuery, queryOf, RANGES, stretchOf } from './state.ts';

describe('the time of a dashboard', () => {
  it('holds now, has the length it is called by, and is the same question until a step is over', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RANGES), fc.integer({ min: 1e12, max: 2e12 }), (range, now) => {
        const { since, until } = stretchOf(range, now);
        expect(until - since).toBe(TIME_RANGES[range] * 3_600_000);
        expect(now).toBeLessThan(until);
        expect(until - now).toBeLessThanOrEqual((until - since) / 42);
        expect(stretchOf(range, until - 1)).toEqual({ since, until });
      }),
    );
  });
});

describe('the list behind a dashboard', () => {
  it('has the marked time to its last millisecond, the group that is looked at, and what the chart is about', () => {
    const query = queryOf({ since: 100, until: 200 }, { by: 'model', name: 'acme/big' }, { degraded: true });
    expect(query).toEqual({ degraded: true, model: 'acme/big', between: { since: 100, until: 199 } });
    expect(parseQuery(writeQuery(query))).toEqual(query);
  });

  it('is not narrowed by what no filter can name', () => {
    expect([groupQuery('model', '*'), groupQuery('prompt', ''), groupQuery('route', 'sideways')]).toEqual([{}, {}, {}]);
    expect(groupQuery('route', 'cached')).toEqual({ route: 'cached' });
  });
});
