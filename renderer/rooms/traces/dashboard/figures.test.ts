import { describe, expect, it } from 'vitest';
import type { TraceOverview, TraceTotals } from '../../../../electron/contract/entities/overview.ts';
import { chartsOf, faultsOf, stepsOf } from './figures.ts';
import type { Chart, Facts } from './figures.ts';

const none = { p50: null, p95: null, p99: null };
const totals = (patch: Partial<TraceTotals>): TraceTotals => ({
  requests: 0,
  failed: 0,
  stopped: 0,
  degraded: 0,
  tokensIn: 0,
  tokensCached: 0,
  tokensOut: 0,
  costUsd: 0,
  faults: [],
  firstTokenMs: none,
  totalMs: none,
  tokensPerSecond: none,
  ...patch,
});
const overview = (groups: readonly [string, readonly (Partial<TraceTotals> & { at: number })[]][]): TraceOverview => {
  const sum = (points: readonly Partial<TraceTotals>[]): TraceTotals =>
    totals({
      requests: points.reduce((all, { requests = 0 }) => all + requests, 0),
      failed: points.reduce((all, { failed = 0 }) => all + failed, 0),
      tokensIn: points.reduce((all, { tokensIn = 0 }) => all + tokensIn, 0),
      tokensCached: points.reduce((all, { tokensCached = 0 }) => all + tokensCached, 0),
    });
  return {
    since: 0,
    stepMs: 10,
    total: sum(groups.flatMap(([, points]) => points)),
    groups: groups.map(([name, points]) => ({
      name,
      total: sum(points),
      points: points.map((point) => ({ ...totals(point), at: point.at })),
    })),
  };
};
const AT = [0, 10, 20];
const charts = (facts: Partial<Facts> & Pick<Facts, 'main'>): Map<string, Chart> =>
  new Map(
    chartsOf({ byRoute: overview([]), savings: null, by: 'none', quantile: 'p95', ...facts }, AT).map((chart) => [
      chart.key,
      chart,
    ]),
  );
const values = (chart: Chart | undefined): Record<string, readonly (number | null)[]> =>
  Object.fromEntries(chart?.series.map((series) => [series.key, series.values]) ?? []);

describe('charts of a dashboard', () => {
  it('have a place for every step, whether anything happened in it or not', () => {
    expect(stepsOf({ since: 30, stepMs: 10 }, 55)).toEqual([30, 40, 50]);
  });

  it('show what was not measured as a gap in a line and as nothing in a stack', () => {
    const main = overview([['', [{ at: 10, requests: 3, failed: 1, firstTokenMs: { p50: 5, p95: 9, p99: 9 } }]]]);
    const found = charts({ main });
    expect(values(found.get('requests'))).toEqual({ ok: [0, 2, 0], stopped: [0, 0, 0], failed: [0, 1, 0] });
    expect(values(found.get('firstToken'))).toMatchObject({ p50: [null, 5, null] });
    expect(values(found.get('speed'))).toEqual({ p50: [null, null, null], p95: [null, null, null] });
  });

  it('show a share only where there were requests to have one', () => {
    const main = overview([['', [{ at: 0, requests: 4, failed: 1, degraded: 2 }]]]);
    expect(values(charts({ main }).get('degraded'))).toEqual({
      degraded: [0.5, null, null],
      failedShare: [0.25, null, null],
    });
  });

  it('count answers from the cache among all, on every step where there were any', () => {
    const byRoute = overview([
      [
        'local',
        [
          { at: 0, requests: 3 },
          { at: 20, requests: 5 },
        ],
      ],
      ['cached', [{ at: 0, requests: 1 }]],
    ]);
    const cache = charts({ main: overview([]), byRoute }).get('cache');
    expect(values(cache)['answersCached']).toEqual([0.25, null, 0]);
    expect(cache?.series[0]?.whole).toBeCloseTo(1 / 9);
  });

  it('put savings beside the cost when they are known, and leave them out when not', () => {
    const main = overview([['', [{ at: 0, requests: 1, costUsd: 2 }]]]);
    const savings = { costUsd: 2, savedUsd: 7, points: [{ at: 20, costUsd: 0, savedUsd: 7 }] };
    expect(values(charts({ main, savings }).get('cost'))).toEqual({ cost: [2, 0, 0], saved: [0, 0, 7] });
    expect(values(charts({ main }).get('cost'))).toEqual({ cost: [2, 0, 0] });
  });

  it('have one line a group, by the quantile that was asked for', () => {
    const latency = { p50: 1, p95: 2, p99: 3 };
    const main = overview([
      ['local/a', [{ at: 0, requests: 1, totalMs: latency }]],
      ['acme/b', [{ at: 10, requests: 1, totalMs: latency }]],
    ]);
    const found = charts({ main, by: 'model', quantile: 'p99' });
    expect(values(found.get('total'))).toEqual({ 'local/a': [3, null, null], 'acme/b': [null, 3, null] });
    expect(found.get('requests')?.series.map(({ colour }) => colour)).toEqual(['var(--local)', 'var(--cloud)']);
  });

  it('do not say twice what the groups say already', () => {
    const main = overview([['local', [{ at: 0, requests: 1 }]]]);
    expect(charts({ main, by: 'route' }).has('routes')).toBe(false);
    expect(charts({ main }).has('routes')).toBe(true);
  });

  it('never draw two lines of one chart alike', () => {
    const names = ['local/a', 'local/b', 'local/c', 'local/d', 'x/a', 'x/b', 'x/c', '*'];
    for (const by of ['model', 'prompt'] as const) {
      const main = overview(names.map((name) => [name, [{ at: 0, requests: 1 }]]));
      const drawn = charts({ main, by })
        .get('total')
        ?.series.map(({ colour, dashed }) => `${colour} ${String(dashed)}`);
      expect(new Set(drawn).size).toBe(names.length);
    }
  });

  it('do not count what a person stopped as a fault', () => {
    const faults = [
      { code: 'cancelled', origin: 'user', count: 4 },
      { code: 'timeout', origin: 'infrastructure', count: 2 },
    ];
    expect([faultsOf(totals({ faults })), faultsOf(totals({ faults }), 'user')]).toEqual([2, 0]);
  });
});
