import type { Savings, TraceOverview, TraceTotals } from '../../../../electron/contract/entities/overview.ts';
import { FAULT_ORIGINS, ROUTE_KINDS } from '../../../../electron/contract/names.ts';
import { groupColour, PARTS } from './colours.ts';
import type { Grouping, Quantile } from './state.ts';

/** What the numbers of a chart count. `share` = 0 to 1. */
export type Unit = 'count' | 'ms' | 'speed' | 'tokens' | 'usd' | 'share';
export const CHARTS = [
  'requests',
  'firstToken',
  'total',
  'speed',
  'degraded',
  'faults',
  'routes',
  'cache',
  'tokens',
  'cost',
] as const;
export type ChartKey = (typeof CHARTS)[number];

/** A line, or a part of a stack. */
export interface Series {
  /** A fixed word (`p95`, `failed`), or the name of the group. */
  readonly key: string;
  readonly grouped: boolean;
  /** A CSS colour. */
  readonly colour: string;
  readonly dashed: boolean;
  /** One a step; null = nothing was measured. */
  readonly values: readonly (number | null)[];
  /** Over the whole time. */
  readonly whole: number | null;
}
export interface Chart {
  readonly key: ChartKey;
  readonly unit: Unit;
  readonly shape: 'lines' | 'stack';
  readonly series: readonly Series[];
}

export interface Facts {
  /** In groups, or as one. */
  readonly main: TraceOverview;
  readonly byRoute: TraceOverview;
  /** null = not known for this selection. */
  readonly savings: Savings | null;
  readonly by: Grouping;
  readonly quantile: Quantile;
}

/** Starts of all steps, those without requests too. */
export const stepsOf = ({ since, stepMs }: Pick<TraceOverview, 'since' | 'stepMs'>, until: number): number[] => {
  const steps: number[] = [];
  for (let at = since; at < until; at += stepMs) steps.push(at);
  return steps;
};

type Group = TraceOverview['groups'][number];
type Pick1 = (totals: TraceTotals) => number | null;

export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
/** Faults by origin, without turns a person stopped. */
export const faultsOf = (totals: TraceTotals, origin?: string): number =>
  totals.faults
    .filter((fault) => fault.code !== 'cancelled' && (origin === undefined || fault.origin === origin))
    .reduce((sum, { count }) => sum + count, 0);

const PICKS: Record<Exclude<ChartKey, 'routes'>, (quantile: Quantile) => Pick1> = {
  requests: () => (totals) => totals.requests,
  firstToken: (quantile) => (totals) => totals.firstTokenMs[quantile],
  total: (quantile) => (totals) => totals.totalMs[quantile],
  speed: () => (totals) => totals.tokensPerSecond.p50,
  tokens: () => (totals) => totals.tokensIn + totals.tokensOut,
  cost: () => (totals) => totals.costUsd,
  cache: () => (totals) => shareOf(totals.tokensCached, totals.tokensIn),
  degraded: () => (totals) => shareOf(totals.degraded, totals.requests),
  faults: () => (totals) => faultsOf(totals),
};
const UNITS: Record<ChartKey, Unit> = {
  requests: 'count',
  firstToken: 'ms',
  total: 'ms',
  speed: 'speed',
  tokens: 'tokens',
  cost: 'usd',
  cache: 'share',
  degraded: 'share',
  faults: 'count',
  routes: 'count',
};
/** Sums may stand on each other; quantiles and shares may not. */
const STACKED: ReadonlySet<ChartKey> = new Set(['requests', 'tokens', 'cost', 'faults', 'routes']);

/** Every chart of a dashboard, over the steps of `at`. */
export const chartsOf = (facts: Facts, at: readonly number[]): Chart[] =>
  CHARTS.filter((key) => !(key === 'routes' && facts.by === 'route')).map((key) => ({
    key,
    unit: UNITS[key],
    shape: STACKED.has(key) ? 'stack' : 'lines',
    series: facts.by === 'none' || key === 'routes' ? partsOf(key, facts, at) : groupsOf(key, facts, at),
  }));

/** A value a step: null where nothing was measured, 0 in a stack. */
const spread = (group: Group | undefined, at: readonly number[], pick: Pick1, stacked: boolean): (number | null)[] => {
  const points = new Map(group?.points.map((point) => [point.at, point]));
  return at.map((step) => {
    const point = points.get(step);
    return (point === undefined ? null : pick(point)) ?? (stacked ? 0 : null);
  });
};

const groupsOf = (key: Exclude<ChartKey, 'routes'>, facts: Facts, at: readonly number[]): Series[] => {
  const pick = PICKS[key](facts.quantile);
  return facts.main.groups.map((group, place) => ({
    key: group.name,
    grouped: true,
    ...groupColour(facts.by, group.name, placeOf(facts, group.name, place)),
    values: spread(group, at, pick, STACKED.has(key)),
    whole: pick(group.total),
  }));
};

/** Models of this machine and of the cloud are counted apart: each side has its own shades. */
const placeOf = ({ by, main }: Facts, name: string, place: number): number =>
  by !== 'model' ? place : main.groups.slice(0, place).filter((group) => isLocal(group.name) === isLocal(name)).length;
export const isLocal = (modelId: string): boolean => modelId.startsWith('local/');

const partsOf = (key: ChartKey, facts: Facts, at: readonly number[]): Series[] => {
  const { main, byRoute, savings } = facts;
  const all = main.groups[0];
  const stacked = STACKED.has(key);
  const part = (name: keyof typeof PARTS, pick: Pick1, whole: number | null, group = all): Series => ({
    key: name,
    grouped: false,
    ...PARTS[name],
    values: spread(group, at, pick, stacked),
    whole,
  });
  const of = (name: keyof typeof PARTS, pick: Pick1): Series => part(name, pick, pick(main.total));
  const quantiles = (triple: (totals: TraceTotals) => TraceTotals['totalMs']): Series[] =>
    (['p50', 'p95', 'p99'] as const).map((quantile) => of(quantile, (totals) => triple(totals)[quantile]));

  switch (key) {
    case 'requests':
      return [
        of('ok', ({ requests, failed, stopped }) => requests - failed - stopped),
        of('stopped', ({ stopped }) => stopped),
        of('failed', ({ failed }) => failed),
      ];
    case 'firstToken':
      return quantiles((totals) => totals.firstTokenMs);
    case 'total':
      return quantiles((totals) => totals.totalMs);
    case 'speed':
      return (['p50', 'p95'] as const).map((quantile) => of(quantile, (totals) => totals.tokensPerSecond[quantile]));
    case 'tokens':
      return [
        of('tokensIn', ({ tokensIn, tokensCached }) => tokensIn - tokensCached),
        of('tokensCached', ({ tokensCached }) => tokensCached),
        of('tokensOut', ({ tokensOut }) => tokensOut),
      ];
    case 'cost': {
      const cost = of('cost', ({ costUsd }) => costUsd);
      if (savings === null) return [cost];
      const saved = new Map(savings.points.map((point) => [point.at, point.savedUsd]));
      return [
        cost,
        {
          key: 'saved',
          grouped: false,
          ...PARTS.saved,
          values: at.map((step) => saved.get(step) ?? 0),
          whole: savings.savedUsd,
        },
      ];
    }
    case 'cache': {
      const cached = byRoute.groups.find(({ name }) => name === 'cached');
      const requests = new Map(at.map((step) => [step, 0]));
      for (const { points } of byRoute.groups)
        for (const point of points) requests.set(point.at, (requests.get(point.at) ?? 0) + point.requests);
      const hits = spread(cached, at, (totals) => totals.requests, true);
      return [
        {
          key: 'answersCached',
          grouped: false,
          ...PARTS.answersCached,
          values: at.map((step, place) => shareOf(hits[place] ?? 0, requests.get(step) ?? 0)),
          whole: shareOf(cached?.total.requests ?? 0, byRoute.total.requests),
        },
        of('promptReused', ({ tokensCached, tokensIn }) => shareOf(tokensCached, tokensIn)),
      ];
    }
    case 'degraded':
      return [
        of('degraded', ({ degraded, requests }) => shareOf(degraded, requests)),
        of('failedShare', ({ failed, requests }) => shareOf(failed, requests)),
      ];
    case 'faults':
      return FAULT_ORIGINS.map((origin) => of(`origin.${origin}`, (totals) => faultsOf(totals, origin)));
    case 'routes':
      return [...ROUTE_KINDS, 'none' as const].flatMap((route) => {
        const group = byRoute.groups.find(({ name }) => name === (route === 'none' ? '' : route));
        if (route === 'none' && group === undefined) return [];
        return [part(`route.${route}`, ({ requests }) => requests, group?.total.requests ?? 0, group ?? EMPTY)];
      });
  }
};
/** A route that answered nothing. */
const EMPTY: Group = { name: '', total: {} as TraceTotals, points: [] };
