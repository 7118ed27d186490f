import { useEffect, useMemo } from 'react';
import type { TraceView } from '../../../../electron/contract/entities/trace.ts';
import { MOST_TRACE_VIEWS } from '../../../../electron/contract/names.ts';
import { call, useCall } from '../../../link/index.ts';
import { forget, readKept } from '../../../state/persist.ts';
import { parseQuery, writeQuery } from '../filters.ts';
import type { TraceQuery } from '../filters.ts';

/** A filter a person gave a name to. */
export interface SavedView {
  readonly name: string;
  readonly query: TraceQuery;
}

/** The place in the window's storage where views stood before the database held them. */
const KEY = 'switchyard.traces.views';

/** What was kept, read with distrust: entries that make no sense are left out. */
export const readViews = (kept: unknown): readonly SavedView[] => {
  if (!Array.isArray(kept)) return [];
  const views: SavedView[] = [];
  for (const entry of kept.slice(0, MOST_TRACE_VIEWS) as readonly unknown[]) {
    if (typeof entry !== 'object' || entry === null) continue;
    const { name, query } = entry as { readonly name?: unknown; readonly query?: unknown };
    if (typeof name !== 'string' || typeof query !== 'string') continue;
    const read = parseQuery(query);
    if (nameProblem(views, name) !== null || writeQuery(read) === '') continue;
    views.push({ name: name.trim(), query: read });
  }
  return sorted(views);
};

const fold = (name: string): string => name.trim().toLowerCase();
const sorted = (views: readonly SavedView[]): readonly SavedView[] =>
  views.toSorted((a, b) => a.name.localeCompare(b.name));

/** Why a view cannot have this name; null = it can. `except` is the name it has now. */
export const nameProblem = (views: readonly SavedView[], name: string, except?: string): 'empty' | 'taken' | null => {
  if (fold(name) === '') return 'empty';
  return views.some((view) => view.name !== except && fold(view.name) === fold(name)) ? 'taken' : null;
};

/** The saved view whose filter this is exactly. */
export const savedViewOf = (views: readonly SavedView[], query: TraceQuery): SavedView | null => {
  const wanted = writeQuery(query);
  return views.find((view) => writeQuery(view.query) === wanted) ?? null;
};

/** Views that an earlier version kept in the window go to the database, once: from there a backup has them too. */
export const takeOver = async (take: (views: readonly TraceView[]) => Promise<unknown>): Promise<void> => {
  const views = readViews(readKept<{ views: unknown[] }>(KEY, { views: [] }).views);
  if (views.length === 0) return;
  await take(views.map(({ name, query }) => ({ name, query: writeQuery(query) })));
  forget(KEY);
};

/** A person's views, in the order of their names. */
export const useSavedViews = (): readonly SavedView[] => {
  const { data } = useCall('trace.views', {}, { topics: ['trace-views'] });
  useEffect(() => {
    // What cannot be taken over now stays where it is for the next time.
    takeOver((views) => call('trace.takeViews', { views: [...views] })).catch(() => undefined);
  }, []);
  return useMemo(() => readViews(data?.views ?? []), [data]);
};

export const saveView = ({ name, query }: SavedView, was?: string): Promise<unknown> =>
  call('trace.saveView', {
    view: { name: name.trim(), query: writeQuery(query) },
    ...(was === undefined ? {} : { was }),
  });

export const removeView = (name: string): Promise<unknown> => call('trace.removeView', { name });
