import { useCallback, useEffect, useRef, useState } from 'react';
import { create } from 'zustand';
import type { Fault } from '../../../electron/contract/faults.ts';
import { call, faultOf, useSignal } from '../../link/index.ts';
import { keep, readKept } from '../../state/persist.ts';
import { parseQuery, toFilter, writeQuery } from './filters.ts';
import type { TraceQuery } from './filters.ts';
import { appendPage, refreshTop } from './pages.ts';
import type { Pages } from './pages.ts';

const PAGE_ROWS = 100;
/** Most rows asked for at once when the list changes under the reader. */
const REFRESH_ROWS = 500;
/** Signals come in bursts while a turn runs: ask once for many. */
const SETTLE_MS = 200;

export const DETAIL_PX = { min: 400, max: 960, normal: 600 } as const;

interface TracesRoom {
  readonly query: TraceQuery;
  readonly detailPx: number;
  readonly setQuery: (query: TraceQuery) => void;
  readonly setDetailPx: (detailPx: number) => void;
}

const KEY = 'switchyard.traces';
const kept = readKept<{ query: string; detailPx: number }>(KEY, { query: '', detailPx: DETAIL_PX.normal });

/** What the list is narrowed by, as it would stand in an address, remembered with the width of the details. */
export const useTracesRoom = create<TracesRoom>((set) => ({
  query: parseQuery(kept.query),
  detailPx: kept.detailPx,
  setQuery: (query) => {
    set({ query });
  },
  setDetailPx: (detailPx) => {
    set({ detailPx });
  },
}));

useTracesRoom.subscribe(({ query, detailPx }) => {
  keep(KEY, { query: writeQuery(query), detailPx });
});

export interface TraceList {
  /** Undefined until the first answer to this query. */
  readonly pages: Pages | undefined;
  readonly fault: Fault | null;
  readonly loadMore: () => void;
  readonly retry: () => void;
}

/** Rows of a query, page by page, kept fresh by the `traces` topic. */
export const useTraceList = (query: TraceQuery): TraceList => {
  const key = writeQuery(query);
  const [state, setState] = useState<{ key: string; pages: Pages | undefined; fault: Fault | null }>({
    key,
    pages: undefined,
    fault: null,
  });
  const latest = useRef({ key, query, pages: undefined as Pages | undefined, more: false });
  latest.current.key = key;
  latest.current.query = query;

  const settle = useCallback((askedKey: string, change: (before: Pages | undefined) => Pages): void => {
    if (latest.current.key !== askedKey) return;
    setState((before) => {
      const pages = change(before.key === askedKey ? before.pages : undefined);
      latest.current.pages = pages;
      return { key: askedKey, pages, fault: null };
    });
  }, []);
  const fail = useCallback((askedKey: string, error: unknown): void => {
    if (latest.current.key !== askedKey) return;
    setState((before) => ({
      key: askedKey,
      pages: before.key === askedKey ? before.pages : undefined,
      fault: faultOf(error),
    }));
  }, []);

  const refresh = useCallback((): void => {
    const { key: askedKey, query: asked, pages } = latest.current;
    const limit = Math.min(REFRESH_ROWS, Math.max(PAGE_ROWS, pages?.rows.length ?? 0));
    call('trace.list', { filter: toFilter(asked, Date.now()), limit }).then(
      (top) => {
        settle(askedKey, (before) => (before === undefined ? top : refreshTop(before, top)));
      },
      (error: unknown) => {
        fail(askedKey, error);
      },
    );
  }, [settle, fail]);

  useEffect(() => {
    latest.current.pages = undefined;
    latest.current.more = false;
    refresh();
  }, [key, refresh]);

  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useSignal('topics', ({ topics }) => {
    if (!topics.includes('traces') || timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      refresh();
    }, SETTLE_MS);
  });
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );

  const loadMore = useCallback((): void => {
    const { key: askedKey, query: asked, pages, more } = latest.current;
    if (more || pages === undefined || pages.next === null) return;
    latest.current.more = true;
    call('trace.list', { filter: toFilter(asked, Date.now()), before: pages.next, limit: PAGE_ROWS })
      .then(
        (page) => {
          settle(askedKey, (before) => (before === undefined ? page : appendPage(before, page)));
        },
        (error: unknown) => {
          fail(askedKey, error);
        },
      )
      .finally(() => {
        if (latest.current.key === askedKey) latest.current.more = false;
      });
  }, [settle, fail]);

  const current = state.key === key;
  return { pages: current ? state.pages : undefined, fault: current ? state.fault : null, loadMore, retry: refresh };
};
