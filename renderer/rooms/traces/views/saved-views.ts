import { create } from 'zustand';
import { keep, readKept } from '../../../state/persist.ts';
import { parseQuery, writeQuery } from '../filters.ts';
import type { TraceQuery } from '../filters.ts';

/** A filter a person gave a name to. */
export interface SavedView {
  readonly name: string;
  readonly query: TraceQuery;
}

interface SavedViews {
  /** In the order of their names. */
  readonly views: readonly SavedView[];
  readonly save: (name: string, query: TraceQuery) => void;
  readonly rename: (name: string, to: string) => void;
  readonly remove: (name: string) => void;
}

const KEY = 'switchyard.traces.views';
/** More than a person finds again by name. */
export const MOST_VIEWS = 50;

/** What was kept, read with distrust: entries that make no sense are left out. */
export const readViews = (kept: unknown): readonly SavedView[] => {
  if (!Array.isArray(kept)) return [];
  const views: SavedView[] = [];
  for (const entry of kept.slice(0, MOST_VIEWS) as readonly unknown[]) {
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

/** Filters with names, remembered over restarts. */
export const useSavedViews = create<SavedViews>((set) => ({
  views: readViews(readKept<{ views: unknown[] }>(KEY, { views: [] }).views),
  save: (name, query) => {
    set(({ views }) => ({ views: sorted([...views, { name: name.trim(), query }]) }));
  },
  rename: (name, to) => {
    set(({ views }) => ({
      views: sorted(views.map((view) => (view.name === name ? { ...view, name: to.trim() } : view))),
    }));
  },
  remove: (name) => {
    set(({ views }) => ({ views: views.filter((view) => view.name !== name) }));
  },
}));

useSavedViews.subscribe(({ views }) => {
  keep(KEY, { views: views.map(({ name, query }) => ({ name, query: writeQuery(query) })) });
});
