import { ChartColumn } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import type { TraceOverview } from '../../../../electron/contract/entities/overview.ts';
import { Button, cx, EmptyState, ErrorState, Skeleton } from '../../../kit/index.ts';
import type { TraceQuery } from '../filters.ts';
import { useTracesRoom } from '../state.ts';
import { BreakersCard } from './breakers-card.tsx';
import { ChangesCard } from './changes-card.tsx';
import { ChartCard } from './chart-card.tsx';
import { FaultsCard } from './faults-card.tsx';
import { chartsOf, stepsOf } from './figures.ts';
import type { Chart, Series } from './figures.ts';
import { GroupsCard } from './groups-card.tsx';
import { useGroupNames } from './names.ts';
import type { GroupName } from './names.ts';
import { stepsOfStretch, stretchOfSteps } from './selection.ts';
import type { Selection } from './selection.ts';
import { SelectionBar } from './selection-bar.tsx';
import { queryOf, useDashboard } from './state.ts';
import type { Stretch } from './state.ts';
import { dashboardText } from './text.ts';
import { Tiles } from './tiles.tsx';
import { Toolbar } from './toolbar.tsx';
import { useOverviews, usePeriod, useStretch } from './use-overviews.ts';
import type { Overview } from './use-overviews.ts';

/** Shorter than this the core has no sums to show apart, in ms. */
const LEAST_ZOOM_MS = 5 * 60_000;

/** Sums of all traces over time, and the way from any of them down to the traces behind it. */
export const Dashboard = (): ReactElement => {
  const t = dashboardText.useText();
  const { range, zoom, by, only, set } = useDashboard();
  const stretch = useStretch(range, zoom);
  const { overview, waiting, fault, retry } = useOverviews(stretch, by, only);
  const nameOf = useGroupNames();
  const narrowed = range !== 'month' || zoom !== null || only !== null;
  const list = (within: Stretch, narrow: TraceQuery): void => {
    useTracesRoom.getState().setQuery(queryOf(within, only, narrow));
    set({ view: 'list' });
  };
  return (
    <div className="relative flex min-h-0 min-w-0 flex-1 flex-col">
      <Toolbar nameOf={nameOf} />
      {overview === undefined ? (
        fault === null ? (
          <Skeleton lines={12} className="px-4 py-3" />
        ) : (
          <ErrorState text={t('failed', { detail: fault.detail })} onRetry={retry} className="flex-1" />
        )
      ) : overview.main.total.requests === 0 ? (
        <EmptyState
          icon={ChartColumn}
          text={t(narrowed ? 'empty' : 'emptyAll')}
          action={
            narrowed ? (
              <Button
                onClick={() => {
                  set({ range: 'month', zoom: null, only: null });
                }}
              >
                {t('widen')}
              </Button>
            ) : undefined
          }
          className="flex-1"
        />
      ) : (
        <>
          {fault === null ? null : (
            <p role="alert" className="flex flex-wrap items-center gap-3 px-4 pb-3 text-sm text-failed-ink">
              {t('failed', { detail: fault.detail })}
              <Button onClick={retry}>{t('tryAgain')}</Button>
            </p>
          )}
          <Loaded overview={overview} waiting={waiting} nameOf={nameOf} onList={list} />
        </>
      )}
    </div>
  );
};

interface LoadedProps {
  readonly overview: Overview;
  /** Another question is being answered. */
  readonly waiting: boolean;
  readonly nameOf: GroupName;
  readonly onList: (within: Stretch, narrow: TraceQuery) => void;
}

const Loaded = ({ overview, waiting, nameOf, onList }: LoadedProps): ReactElement => {
  const t = dashboardText.useText();
  const { range, zoom, quantile, tables, set } = useDashboard();
  const { stretch, by, main, byRoute, savings } = overview;
  const { stepMs } = main;
  const [marked, setMarked] = useState<Selection | null>(null);
  const { period, fault } = usePeriod(stretch, !waiting);
  const at = useMemo(() => stepsOf(main, stretch.until), [main, stretch.until]);
  const charts = useMemo(
    () => chartsOf({ main, byRoute, savings, by, quantile }, at),
    [main, byRoute, savings, by, quantile, at],
  );
  const whole = useMemo((): Stretch => ({ since: main.since, until: stretch.until }), [main.since, stretch.until]);
  const selected = useMemo(() => (marked === null ? null : stepsOfStretch(at, stepMs, marked)), [marked, at, stepMs]);
  const shown = marked === null || selected === null ? null : stretchOfSteps(at, stepMs, selected);
  const counted = shown === null ? null : countIn(main, shown);
  const clear = (): void => {
    setMarked(null);
  };

  const label = (series: Series): string =>
    series.grouped ? nameOf(by, series.key) : t(`series.${series.key}` as Parameters<typeof t>[0]);
  const title = (chart: Chart): string => t(`${by === 'none' ? 'chart' : 'grouped'}.${chart.key}`, { quantile });

  return (
    <>
      <div
        aria-busy={waiting}
        className={cx(
          'scroll-y @container flex min-h-0 flex-1 flex-col gap-3 px-4 pb-20 transition-opacity delay-150',
          waiting && 'opacity-60',
        )}
      >
        <Tiles main={main} byRoute={byRoute} savings={savings} />
        <ChangesCard
          period={period}
          fault={fault}
          before={zoom === null ? t('comparedWith', { time: t(`range.${range}`) }) : t('comparedWithAny')}
          nameOf={nameOf}
          onList={(narrow) => {
            onList(whole, narrow);
          }}
        />
        <div className="grid grid-cols-1 gap-3 @3xl:grid-cols-2 @7xl:grid-cols-3 @min-[104rem]:grid-cols-4">
          {charts.map((chart) => (
            <ChartCard
              key={chart.key}
              title={title(chart)}
              chart={chart}
              at={at}
              stepMs={stepMs}
              label={label}
              table={tables}
              selected={selected}
              onSelect={(from, to) => {
                setMarked({ chart: chart.key, ...stretchOfSteps(at, stepMs, { from, to }) });
              }}
              onClear={clear}
              onOpen={(from, to) => {
                onList(stretchOfSteps(at, stepMs, { from, to }), {});
              }}
            />
          ))}
          <FaultsCard
            total={main.total}
            onList={(narrow) => {
              onList(whole, narrow);
            }}
          />
        </div>
        <BreakersCard stretch={whole} table={tables} nameOf={nameOf} />
        {by === 'none' ? null : (
          <GroupsCard
            main={main}
            by={by}
            nameOf={nameOf}
            onOnly={(only) => {
              set({ only, by: 'none' });
            }}
            onList={(narrow) => {
              onList(whole, narrow);
            }}
          />
        )}
      </div>
      {marked === null || shown === null || counted === null ? null : (
        <SelectionBar
          stretch={shown}
          chart={marked.chart}
          requests={counted.requests}
          failed={counted.failed}
          onZoom={
            shown.until - shown.since < LEAST_ZOOM_MS
              ? null
              : () => {
                  clear();
                  set({ zoom: shown });
                }
          }
          onList={(narrow) => {
            onList(shown, narrow);
          }}
          onClear={clear}
        />
      )}
    </>
  );
};

/** Requests that ended in a stretch of whole steps. */
const countIn = (main: TraceOverview, { since, until }: Stretch): { requests: number; failed: number } => {
  const sum = { requests: 0, failed: 0 };
  for (const { points } of main.groups)
    for (const point of points)
      if (point.at >= since && point.at < until) {
        sum.requests += point.requests;
        sum.failed += point.failed;
      }
  return sum;
};
