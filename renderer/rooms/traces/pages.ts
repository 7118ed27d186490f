import type { TraceRow } from '../../../electron/contract/entities/trace.ts';

/** Rows loaded so far, newest first, and where the next page starts. */
export interface Pages {
  readonly rows: readonly TraceRow[];
  /** Cursor of the page after the last row; null = all loaded. */
  readonly next: string | null;
  /** All rows that match, loaded or not. */
  readonly total: number;
}

const newestFirst = (a: TraceRow, b: TraceRow): number =>
  b.startedAt - a.startedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

/** A page added at the end; rows that are already there are not shown twice. */
export const appendPage = (loaded: Pages, page: Pages): Pages => {
  const known = new Set(loaded.rows.map((row) => row.id));
  const fresh = page.rows.filter((row) => !known.has(row.id));
  return { rows: fresh.length === 0 ? loaded.rows : [...loaded.rows, ...fresh], next: page.next, total: page.total };
};

/**
 * The top of the list, asked again because something changed. Rows below it stay loaded; rows the new top no longer
 * holds, though they belong there by time, no longer match and go.
 */
export const refreshTop = (loaded: Pages, top: Pages): Pages => {
  const last = top.rows.at(-1);
  if (last === undefined || top.next === null) return top;
  const inTop = new Set(top.rows.map((row) => row.id));
  const below = loaded.rows.filter((row) => !inTop.has(row.id) && newestFirst(row, last) > 0);
  return below.length === 0 ? top : { rows: [...top.rows, ...below], next: loaded.next, total: top.total };
};
