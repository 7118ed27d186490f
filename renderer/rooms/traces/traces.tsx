import { Waypoints } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { TraceRow } from '../../../electron/contract/entities/trace.ts';
import { Button, EmptyState, ErrorState, formatNumber, RoomHeader, Skeleton, SplitPane } from '../../kit/index.ts';
import { useWidth } from '../../kit/use-width.ts';
import { useCall } from '../../link/index.ts';
import { usePlace } from '../../state/index.ts';
import { CompareBar } from './compare/compare-bar.tsx';
import { comparingKeys, pickRow } from './compare/keys.ts';
import { useComparing } from './compare/state.ts';
import { useDashboard } from './dashboard/state.ts';
import { ViewSwitch } from './dashboard/view-switch.tsx';
import { viewOf, withFilter, writeQuery } from './filters.ts';
import type { TraceQuery } from './filters.ts';
import { FilterBar } from './parts/filter-bar.tsx';
import { TraceDetail } from './parts/trace-detail.tsx';
import { TraceTable } from './parts/trace-table.tsx';
import { DETAIL_PX, useTraceList, useTracesRoom } from './state.ts';
import { tracesText } from './text.ts';
import { LiveToggle, NewTraces } from './views/live-bar.tsx';
import { useLiveRows } from './views/use-live.ts';

const TraceCompare = lazy(() => import('./compare/trace-compare.tsx').then((view) => ({ default: view.TraceCompare })));

/** Narrower than this the details take the whole room. */
const SIDE_BY_SIDE_PX = 900;
const TYPING_MS = 120;

/** Comes with its charts when it is first opened. */
const Dashboard = lazy(async () => ({ default: (await import('./dashboard/dashboard.tsx')).Dashboard }));

/** Every request the app ever answered, and what happened to it: one by one, or as sums over time. */
export const Traces = (): ReactElement => {
  const t = tracesText.useText();
  const traceId = usePlace((place) => place.traceId);
  const { view, set } = useDashboard();
  // Whoever opens a trace from elsewhere wants to see it.
  const list = view === 'list' || traceId !== null;
  useEffect(() => {
    if (list) set({ view: 'list' });
  }, [list, set]);
  if (list) return <TraceList />;
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <RoomHeader title={t('title')}>
        <ViewSwitch view="dashboard" />
      </RoomHeader>
      <Suspense fallback={<Skeleton lines={10} className="px-4 py-3" />}>
        <Dashboard />
      </Suspense>
    </div>
  );
};

const TraceList = (): ReactElement => {
  const t = tracesText.useText();
  const traceId = usePlace((place) => place.traceId);
  const setPlace = usePlace((place) => place.set);
  const { query, setQuery, detailPx, setDetailPx } = useTracesRoom();
  const [text, setText] = useSearchText(query.text ?? '', (typed) => {
    setQuery(withFilter(useTracesRoom.getState().query, { text: typed === '' ? undefined : typed }));
  });
  const { pages, fault, loadMore, retry } = useTraceList(query);
  const models = useModelNames(pages?.rows);
  const pair = useComparing((comparing) => comparing.pair);
  const [room, widthPx] = useWidth();
  const list = useRef<HTMLDivElement>(null);
  const live = useLiveRows(writeQuery(query), pages?.rows, list);
  const alone = widthPx < SIDE_BY_SIDE_PX;

  const open = (row: TraceRow): void => {
    if (useComparing.getState().first !== null) {
      pickRow(row);
      return;
    }
    setPlace({ traceId: row.id });
  };
  const close = (): void => {
    setPlace({ traceId: null });
    requestAnimationFrame(() => {
      list.current?.querySelector<HTMLElement>('[role="row"][tabindex="0"]')?.focus();
    });
  };
  const all = writeQuery(query) === '';

  const body =
    pages === undefined ? (
      fault === null ? (
        <Skeleton lines={10} className="px-4 py-3" />
      ) : (
        <ErrorState text={t('listFailed', { detail: fault.detail })} onRetry={retry} />
      )
    ) : pages.rows.length > 0 ? (
      <div
        className="relative flex min-h-0 flex-1 flex-col"
        onScrollCapture={live.onMoved}
        onFocus={live.onMoved}
        onBlur={live.onMoved}
      >
        <NewTraces held={live.held} onShow={live.showHeld} />
        <TraceTable rows={live.rows} total={pages.total} selectedId={traceId} onOpen={open} onEndReached={loadMore} />
      </div>
    ) : all ? (
      <EmptyState
        icon={Waypoints}
        text={t('empty')}
        action={
          <Button
            look="primary"
            onClick={() => {
              usePlace.getState().newChat();
            }}
          >
            {t('emptyAction')}
          </Button>
        }
        className="flex-1"
      />
    ) : (
      <EmptyState
        icon={Waypoints}
        text={t('noneFound')}
        action={
          <Button
            onClick={() => {
              setText('');
              setQuery({});
            }}
          >
            {t('clearFilters')}
          </Button>
        }
        className="flex-1"
      />
    );

  const listSide = (
    <div
      ref={list}
      className="flex min-h-0 min-w-0 flex-1 flex-col"
      onKeyDown={(event) => {
        comparingKeys(event, pages?.rows ?? []);
      }}
    >
      <RoomHeader
        title={t('title')}
        note={pages === undefined ? undefined : t('count', { count: pages.total, value: formatNumber(pages.total) })}
      >
        <LiveToggle />
        <ViewSwitch view="list" />
      </RoomHeader>
      <FilterBar
        query={query}
        text={text}
        onText={setText}
        onQuery={(next) => {
          // A saved view is a whole query: it does not keep a search that was typed before.
          if (viewOf(next) !== null) setText('');
          setQuery(next);
        }}
        models={models}
      />
      <CompareBar />
      {body}
    </div>
  );

  const narrow = (next: TraceQuery): void => {
    setQuery(next);
    if (alone) close();
  };
  const detail =
    traceId === null ? null : <TraceDetail traceId={traceId} alone={alone} onClose={close} onList={narrow} />;
  if (pair !== null)
    return (
      <Suspense fallback={<Skeleton lines={10} className="px-4 py-3" />}>
        <TraceCompare a={pair.a} b={pair.b} />
      </Suspense>
    );
  return (
    <div ref={room} className="flex min-h-0 min-w-0 flex-1 bg-surface">
      {alone ? (
        (detail ?? listSide)
      ) : (
        <SplitPane
          name={t('detail')}
          side="end"
          open={detail !== null}
          widthPx={Math.min(detailPx, widthPx - 320)}
          minPx={DETAIL_PX.min}
          maxPx={DETAIL_PX.max}
          defaultPx={DETAIL_PX.normal}
          onWidth={setDetailPx}
          pane={detail}
        >
          {listSide}
        </SplitPane>
      )}
    </div>
  );
};

/** What is typed shows at once; the question to the core waits for a pause. */
const useSearchText = (asked: string, ask: (typed: string) => void): readonly [string, (typed: string) => void] => {
  const [typed, setTyped] = useState(asked);
  const latest = useRef(ask);
  latest.current = ask;
  // Another part of the room may set the query: then what was typed is over.
  const own = useRef(asked);
  const [seen, setSeen] = useState(asked);
  if (asked !== seen) {
    setSeen(asked);
    if (asked !== own.current) {
      own.current = asked;
      setTyped(asked);
    }
  }
  useEffect(() => {
    if (typed === asked) return undefined;
    const timer = setTimeout(() => {
      own.current = typed;
      latest.current(typed);
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, asked]);
  return [typed, setTyped];
};

/** Models one can filter by: those installed, and any a loaded row names. */
const useModelNames = (rows: readonly TraceRow[] | undefined): readonly { id: string; name: string }[] => {
  const installed = useCall('model.list', {}, { topics: ['models'] }).data?.models;
  const names = new Map(installed?.map((model) => [model.id, model.name]));
  for (const row of rows ?? [])
    if (row.modelId !== null && !names.has(row.modelId)) names.set(row.modelId, row.modelName ?? row.modelId);
  return [...names].map(([id, name]) => ({ id, name }));
};
