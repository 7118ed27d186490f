import { create } from 'zustand';
import { keep, readKept } from '../../../state/persist.ts';
import { TIME_RANGES } from '../filters.ts';
import type { TimeRange, TraceQuery } from '../filters.ts';

/** How lines are split; `none` = all in one. */
export const GROUPINGS = ['none', 'model', 'route', 'prompt'] as const;
export type Grouping = (typeof GROUPINGS)[number];
export const QUANTILES = ['p50', 'p95', 'p99'] as const;
export type Quantile = (typeof QUANTILES)[number];
/** One group to look at alone. */
export interface Only {
  readonly by: Exclude<Grouping, 'none'>;
  readonly name: string;
}
/** Epoch ms; `until` is the first moment after it. */
export interface Stretch {
  readonly since: number;
  readonly until: number;
}

interface DashboardFacts {
  readonly view: 'list' | 'dashboard';
  readonly range: TimeRange;
  readonly by: Grouping;
  /** Which quantile lines of groups show. */
  readonly quantile: Quantile;
  /** Tables in the place of charts. */
  readonly tables: boolean;
  /** A stretch inside of history; null = up to now. */
  readonly zoom: Stretch | null;
  readonly only: Only | null;
}
interface Dashboard extends DashboardFacts {
  readonly set: (facts: Partial<DashboardFacts>) => void;
}

const KEY = 'switchyard.traces.dashboard';
const kept = readKept<{ range: string; by: string; quantile: string; tables: boolean }>(KEY, {
  range: 'week',
  by: 'none',
  quantile: 'p95',
  tables: false,
});
const oneOf = <T extends string>(values: readonly T[], value: string, otherwise: T): T =>
  values.find((known) => known === value) ?? otherwise;

export const RANGES = Object.keys(TIME_RANGES) as TimeRange[];

/** What the dashboard shows. Time, grouping and tables are remembered over a restart. */
export const useDashboard = create<Dashboard>((set) => ({
  view: 'list',
  range: oneOf(RANGES, kept.range, 'week'),
  by: oneOf(GROUPINGS, kept.by, 'none'),
  quantile: oneOf(QUANTILES, kept.quantile, 'p95'),
  tables: kept.tables,
  zoom: null,
  only: null,
  set: (facts) => {
    set(facts);
  },
}));

useDashboard.subscribe(({ range, by, quantile, tables }) => {
  keep(KEY, { range, by, quantile, tables });
});

/** Steps of a preset as the core makes them, in ms: its end moves on with them, so that the same question is asked meanwhile. */
const TICK_MS: Record<TimeRange, number> = { hour: 60_000, day: 600_000, week: 3_600_000, month: 14_400_000 };

/** The stretch a preset means at a moment: whole steps, the last of which is still going on. */
export const stretchOf = (range: TimeRange, now: number): Stretch => {
  const tick = TICK_MS[range];
  const until = Math.floor(now / tick) * tick + tick;
  return { since: Math.max(0, until - TIME_RANGES[range] * 3_600_000), until };
};

/** The filter of the list behind a stretch of the dashboard. */
export const queryOf = ({ since, until }: Stretch, only: Only | null, narrow: TraceQuery = {}): TraceQuery => ({
  ...narrow,
  ...(only === null ? {} : groupQuery(only.by, only.name)),
  between: { since, until: until - 1 },
});

/** The filter of the list for one group; empty for those no filter can name. */
export const groupQuery = (by: Grouping, name: string): TraceQuery => {
  if (name === '' || name === OTHERS) return {};
  switch (by) {
    case 'none':
      return {};
    case 'model':
      return { model: name };
    case 'route':
      return name === 'local' || name === 'cloud' || name === 'cached' ? { route: name } : {};
    case 'prompt':
      return { prompt: name };
  }
};

/** The core's name for all groups that are not shown apart. */
export const OTHERS = '*';
