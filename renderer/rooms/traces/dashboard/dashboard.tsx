import { ChartColumn } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import type { TraceOverview } from '../../../../electron/contract/entities/overview.ts';
import { Button, EmptyState, ErrorState, Skeleton } from '../../../kit/index.ts';
import type { TraceQuery } from '../filters.ts';
import { useTracesRoom } from '../state.ts';
import { ChangesCard } from './changes-card.tsx';
import { ChartCard } from './chart-card.tsx';
import { FaultsCard } from './faults-card.tsx';
import { chartsOf, stepsOf } from './figures.ts';
import type { Chart, Series } from './figures.ts';
import { GroupsCard } from './groups-card.tsx';
import { useGroupNames } from './names.ts';
import { stretchOfSteps } from './selection.ts';
import type { Selection } from './selection.ts';
import { SelectionBar } from './selection-bar.tsx';
import { queryOf, useDashboard } from './state.ts';
import type { Stretch } from './state.ts';
import { dashboardText } from './text.ts';
import { Tiles } from './tiles.tsx';
import { Toolbar } from './toolbar.tsx';
import { useOverviews, usePeriod, useStretch } from './use-overviews.ts';

/** Shorter than this the core has no sums to show apart, in ms. */
const LEAST_ZOOM_MS = 5 * 60_000;

/** Sums of all traces over time, and the way from any of them down to the traces behind it. */
export const Dashboard = (): ReactElement => {
  const t = dashboardText.useText();
  const { range, zoom, by, only, set } = useDashboard();
  const stretch = useStretch(range, zoom);
  const { main, byRoute, savings, fault, retry } = useOverviews(stretch, by, only);
  const nameOf = useGroupNames(by === 'none' ? (only?.by ?? 'none') : by);
  const loaded = main !== undefined && byRoute !== undefined;
  const list = (within: Stretch, narrow: TraceQuery): void => {
    useTracesRoom.getState().setQuery(queryOf(within, only, narrow));
    set({ view: 'list' });
  };
  return (
    <div className="relative flex min-h-0 min-w-0 flex-1 flex-col">
      <Toolbar nameOf={nameOf} />
      {!loaded ? (
        fault === null ? (
          <Skeleton lines={12} className="px-4 py-3" />
        ) : (
          <ErrorState text={t('failed', { detail: fault.detail })} onRetry={retry} className="flex-1" />
        )
      ) : main.total.requests === 0 ? (
        <EmptyState
          icon={ChartColumn}
          text={t(range === 'month' && zoom === null && only === null ? 'emptyAll' : 'empty')}
          action={
            range === 'month' && zoom === null && only === null ? undefined : (
              <Button
                onClick={() => {
                  set({ range: 'month', zoom: null, only: null });
                }}
              >
                {t('widen')}
              </Button>
            )
          }
          className="flex-1"
        />
      ) : (
        <Loaded
          // Steps are counted from the start: a mark on others would mean another time.
          key={`${String(main.since)} ${String(main.stepMs)}`}
          stretch={stretch}
          main={main}
          byRoute={byRoute}
          savings={savings}
          nameOf={nameOf}
          onList={list}
        />
      )}
    </div>
  );
};

interface LoadedProps {
  readonly stretch: Stretch;
  readonly main: TraceOverview;
  readonly byRoute: TraceOverview;
  readonly savings: ReturnType<typeof useOverviews>['savings'];
  readonly nameOf: ReturnType<typeof useGroupNames>;
  readonly onList: (within: Stretch, narrow: TraceQuery) => void;
}

const Loaded = ({ stretch, main, byRoute, savings, nameOf, onList }: LoadedProps): ReactElement => {
  const t = dashboardText.useText();
  const { range, zoom, by, quantile, tables, set } = useDashboard();
  const [selection, setSelection] = useState<Selection | null>(null);
  const { period, fault } = usePeriod(stretch, true);
  const at = useMemo(() => stepsOf(main, stretch.until), [main, stretch.until]);
  const charts = useMemo(
    () => chartsOf({ main, byRoute, savings, by, quantile }, at),
    [main, byRoute, savings, by, quantile, at],
  );
  const { stepMs } = main;
  const whole: Stretch = { since: main.since, until: stretch.until };
  const marked = selection === null ? null : stretchOfSteps(at, stepMs, selection);
  const counted = marked === null ? null : countIn(main, marked);

  const label = (series: Series): string =>
    series.grouped ? nameOf(by, series.key) : t(`series.${series.key}` as Parameters<typeof t>[0]);
  const title = (chart: Chart): string => t(`${by === 'none' ? 'chart' : 'grouped'}.${chart.key}`, { quantile });

  return (
    <>
      <div className="scroll-y flex min-h-0 flex-1 flex-col gap-3 px-4 pb-20">
        <Tiles main={main} byRoute={byRoute} savings={savings} />
        <ChangesCard
          period={period}
          fault={fault}
          before={zoom === null ? t(`range.${range}`) : t('comparedWith.zoom')}
          nameOf={nameOf}
          onList={(narrow) => {
            onList(whole, narrow);
          }}
        />
        <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,26rem),1fr))] gap-3">
          {charts.map((chart) => (
            <ChartCard
              key={chart.key}
              title={title(chart)}
              chart={chart}
              at={at}
              stepMs={stepMs}
              label={label}
              table={tables}
              selected={selection}
              onSelect={(from, to) => {
                setSelection({ chart: chart.key, from, to });
              }}
              onClear={() => {
                setSelection(null);
              }}
              onOpen={(from, to) => {
                onList(stretchOfSteps(at, stepMs, { from, to }), {});
              }}
            />
          ))}
        </div>
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
        <FaultsCard
          total={main.total}
          onList={(narrow) => {
            onList(whole, narrow);
          }}
        />
      </div>
      {selection === null || marked === null || counted === null ? null : (
        <SelectionBar
          stretch={marked}
          chart={selection.chart}
          requests={counted.requests}
          failed={counted.failed}
          onZoom={
            marked.until - marked.since < LEAST_ZOOM_MS
              ? null
              : () => {
                  setSelection(null);
                  set({ zoom: marked });
                }
          }
          onList={(narrow) => {
            onList(marked, narrow);
          }}
          onClear={() => {
            setSelection(null);
          }}
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
