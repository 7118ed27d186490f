import { useCallback, useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { create } from 'zustand';
import type { TraceRow } from '../../../../electron/contract/entities/trace.ts';
import { keep, readKept } from '../../../state/persist.ts';
import { heldBack, newestOf } from './live.ts';
import type { Shown } from './live.ts';

interface Live {
  /** New traces appear by themselves. */
  readonly live: boolean;
  readonly setLive: (live: boolean) => void;
}

const KEY = 'switchyard.traces.live';

export const useLive = create<Live>((set) => ({
  ...readKept(KEY, { live: true }),
  setLive: (live) => {
    set({ live });
  },
}));

useLive.subscribe(({ live }) => {
  keep(KEY, { live });
});

/** Scrolled further than this, in px, a person reads: the list stands still. */
const AT_TOP_PX = 4;

const tableOf = (list: HTMLElement | null): HTMLElement | null => list?.querySelector('[role="table"]') ?? null;

export interface LiveRows {
  readonly rows: readonly TraceRow[];
  /** New traces that wait for the reader. */
  readonly held: number;
  /** Shows what waits, and goes to the top. */
  readonly showHeld: () => void;
  /** To be called whenever the list scrolled or the focus moved in it. */
  readonly onMoved: () => void;
}

/**
 * What of a list is on the page. New traces come in on top while live and while nobody reads further down or walks the rows by
 * keyboard; otherwise they wait and are counted. `key` names the list: another one begins anew.
 */
export const useLiveRows = (
  key: string,
  all: readonly TraceRow[] | undefined,
  list: RefObject<HTMLElement | null>,
): LiveRows => {
  const live = useLive((state) => state.live);
  const [shown, setShown] = useState<{ readonly key: string; readonly newest: Shown | null }>({ key, newest: null });
  const [reading, setReading] = useState(false);
  const newest = shown.key === key ? shown.newest : null;
  const rows = all ?? NO_ROWS;
  const following = live && !reading;

  // A list seen for the first time is shown as it is; a followed one moves on with each answer.
  const moveOn = all !== undefined && (newest === null || following);
  const next = moveOn ? newestOf(rows) : newest;
  const nextId = next?.id ?? null;
  const nextAt = next?.startedAt ?? null;
  useEffect(() => {
    if (moveOn)
      setShown({ key, newest: nextId === null || nextAt === null ? null : { id: nextId, startedAt: nextAt } });
  }, [key, moveOn, nextId, nextAt]);

  const latest = useRef(rows);
  latest.current = rows;
  const onMoved = useCallback((): void => {
    const table = tableOf(list.current);
    const focus = document.activeElement;
    const row = focus instanceof HTMLElement && table?.contains(focus) === true ? focus.dataset['index'] : undefined;
    setReading(table !== null && (table.scrollTop > AT_TOP_PX || (row !== undefined && row !== '0')));
  }, [list]);
  const showHeld = useCallback((): void => {
    setShown({ key, newest: newestOf(latest.current) });
    const table = tableOf(list.current);
    table?.scrollTo({ top: 0 });
    requestAnimationFrame(() => {
      table?.querySelector<HTMLElement>('[role="row"][data-index="0"]')?.focus({ preventScroll: true });
    });
  }, [key, list]);
  return { ...heldBack(rows, moveOn ? next : newest), showHeld, onMoved };
};

const NO_ROWS: readonly TraceRow[] = [];
