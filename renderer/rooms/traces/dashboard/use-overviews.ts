import { useEffect, useMemo, useRef, useState } from 'react';
import type { PeriodDiagnosis } from '../../../../electron/contract/entities/diagnosis.ts';
import type { Savings, TraceOverview, TraceOverviewQuery } from '../../../../electron/contract/entities/overview.ts';
import type { Fault } from '../../../../electron/contract/faults.ts';
import { useCall, useSignal } from '../../../link/index.ts';
import { stretchOf } from './state.ts';
import type { Grouping, Only, Stretch } from './state.ts';
import type { TimeRange } from '../filters.ts';

/** While requests come in the sums change every moment: they are asked again at most this often, in ms. */
const AGAIN_MS = 5000;
/** How often the clock is looked at, in ms. */
const CLOCK_MS = 20_000;

/** The time shown: a stretch a person zoomed into, or a preset that moves on with the clock. */
export const useStretch = (range: TimeRange, zoom: Stretch | null): Stretch => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
    }, CLOCK_MS);
    return () => {
      clearInterval(timer);
    };
  }, []);
  const moving = stretchOf(range, now);
  const { since, until } = zoom ?? moving;
  return useMemo(() => ({ since, until }), [since, until]);
};

/** One question of the dashboard with everything that answers it. */
export interface Overview {
  readonly stretch: Stretch;
  readonly by: Grouping;
  readonly main: TraceOverview;
  readonly byRoute: TraceOverview;
  /** null = not known: the ledger does not know routes and prompt versions. */
  readonly savings: Savings | null;
}
export interface Overviews {
  /** Undefined until the first answer; of the question before while the next is being answered. */
  readonly overview: Overview | undefined;
  readonly waiting: boolean;
  readonly fault: Fault | null;
  readonly retry: () => void;
}

/** Everything a dashboard draws, kept fresh while requests come in. */
export const useOverviews = (stretch: Stretch, by: Grouping, only: Only | null): Overviews => {
  const narrowed: Omit<TraceOverviewQuery, 'by'> = {
    ...stretch,
    ...(only?.by === 'model' ? { modelId: only.name } : {}),
    ...(only?.by === 'prompt' ? { promptVersionId: only.name } : {}),
    ...(only?.by === 'route' && (only.name === 'local' || only.name === 'cloud' || only.name === 'cached')
      ? { route: only.name }
      : {}),
  };
  const main = useCall('trace.overview', { ...narrowed, by: by === 'none' ? null : by });
  const byRoute = useCall('trace.overview', { ...narrowed, by: 'route' });
  const stepMs = main.data?.stepMs;
  const savings = useCall('usage.savings', only !== null || stepMs === undefined ? null : { ...stretch, stepMs });

  const asks = useRef<(() => void)[]>([]);
  asks.current = [main.refetch, byRoute.refetch, savings.refetch];
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useSignal('topics', ({ topics }) => {
    if (!topics.includes('overview') || timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      for (const ask of asks.current) ask();
    }, AGAIN_MS);
  });
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );

  const overview = useMemo(
    () =>
      main.data === undefined || byRoute.data === undefined || (savings.loading && savings.data === undefined)
        ? undefined
        : {
            stretch,
            by,
            main: main.data,
            byRoute: byRoute.data,
            savings: only === null ? (savings.data ?? null) : null,
          },
    [stretch, by, only, main.data, byRoute.data, savings.data, savings.loading],
  );
  const before = useRef<Overview | undefined>(undefined);
  if (overview !== undefined) before.current = overview;
  return {
    overview: overview ?? before.current,
    waiting: overview === undefined,
    fault: main.fault ?? byRoute.fault,
    retry: () => {
      for (const ask of asks.current) ask();
    },
  };
};

/** What changed in a stretch against the one before; asked only once the charts are there, for it reads four times as much. */
export const usePeriod = (
  stretch: Stretch,
  wanted: boolean,
): { readonly period: PeriodDiagnosis | undefined; readonly fault: Fault | null } => {
  const { data, fault } = useCall('trace.diagnosePeriod', wanted ? stretch : null, { keepPrevious: true });
  return { period: data, fault };
};
