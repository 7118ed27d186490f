import type { Span } from '../../../electron/contract/entities/trace.ts';

/** One line of the waterfall. `left` and `width` are shares of the whole, 0 to 1. */
export interface WaterfallRow {
  readonly span: Span;
  /** 1 for a root. */
  readonly level: number;
  /** Position among its siblings from 1, and how many there are. */
  readonly position: number;
  readonly siblings: number;
  readonly children: number;
  readonly expanded: boolean;
  readonly left: number;
  readonly width: number;
  /** Time no child accounts for; null while the span has no end or has no children. */
  readonly selfMs: number | null;
  /** Index of the parent's row; -1 for a root. */
  readonly parentRow: number;
}

export interface Waterfall {
  readonly rows: readonly WaterfallRow[];
  /** What the full width stands for, at least 1 ms. */
  readonly totalMs: number;
  readonly spanCount: number;
}

const endOf = (span: Span): number => span.startMs + (span.durationMs ?? 0);

const byStart = (a: Span, b: Span): number => a.startMs - b.startMs || (a.id < b.id ? -1 : 1);

/** Time covered by the children, overlaps counted once and cut to the parent. */
const coveredMs = (parent: Span, children: readonly Span[]): number => {
  const from = parent.startMs;
  const to = endOf(parent);
  let covered = 0;
  let reached = from;
  for (const child of children) {
    const start = Math.max(child.startMs, reached);
    const end = Math.min(child.durationMs === null ? to : endOf(child), to);
    if (end > start) {
      covered += end - start;
      reached = end;
    }
  }
  return covered;
};

interface Tree {
  readonly roots: Span[];
  readonly childrenOf: ReadonlyMap<string, readonly Span[]>;
}

/** A span whose parent is missing, or that is its own ancestor, becomes a root: nothing recorded is hidden. */
const growTree = (spans: readonly Span[]): Tree => {
  const known = new Map(spans.map((span) => [span.id, span]));
  const childrenOf = new Map<string, Span[]>();
  const roots: Span[] = [];
  const settled = new Set<string>();
  const reachesRoot = (span: Span): boolean => {
    const path: string[] = [];
    const seen = new Set<string>();
    let at: Span | undefined = span;
    while (at !== undefined && !settled.has(at.id)) {
      if (seen.has(at.id)) return false;
      seen.add(at.id);
      path.push(at.id);
      at = at.parentId === null ? undefined : known.get(at.parentId);
    }
    for (const id of path) settled.add(id);
    return true;
  };
  for (const span of known.values()) {
    const parent = span.parentId === null ? undefined : known.get(span.parentId);
    if (parent === undefined || !reachesRoot(span)) {
      settled.add(span.id);
      roots.push(span);
      continue;
    }
    const list = childrenOf.get(parent.id);
    if (list === undefined) childrenOf.set(parent.id, [span]);
    else list.push(span);
  }
  for (const list of childrenOf.values()) list.sort(byStart);
  return { roots: roots.sort(byStart), childrenOf };
};

/**
 * Rows in reading order: a parent, then its children by start. `traceMs` is the length of the whole trace when it is
 * known; spans without an end reach to the end of the picture.
 */
export const layoutWaterfall = (
  spans: readonly Span[],
  collapsed: ReadonlySet<string> = new Set(),
  traceMs: number | null = null,
): Waterfall => {
  let totalMs = Math.max(1, traceMs ?? 0);
  for (const span of spans) totalMs = Math.max(totalMs, endOf(span));
  const { roots, childrenOf } = growTree(spans);
  const rows: WaterfallRow[] = [];
  interface Pending {
    readonly span: Span;
    readonly level: number;
    readonly position: number;
    readonly siblings: number;
    readonly parentRow: number;
  }
  const pending: Pending[] = [];
  const push = (list: readonly Span[], level: number, parentRow: number): void => {
    for (let at = list.length - 1; at >= 0; at -= 1) {
      const span = list[at];
      if (span !== undefined) pending.push({ span, level, position: at + 1, siblings: list.length, parentRow });
    }
  };
  push(roots, 1, -1);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { span } = next;
    const children = childrenOf.get(span.id) ?? [];
    const expanded = children.length > 0 && !collapsed.has(span.id);
    const left = Math.min(1, Math.max(0, span.startMs / totalMs));
    const end = span.durationMs === null ? 1 : Math.min(1, Math.max(left, endOf(span) / totalMs));
    const selfMs =
      span.durationMs === null || children.length === 0
        ? null
        : Math.max(0, span.durationMs - coveredMs(span, children));
    rows.push({ ...next, children: children.length, expanded, left, width: end - left, selfMs });
    if (expanded) push(children, next.level + 1, rows.length - 1);
  }
  return { rows, totalMs, spanCount: spans.length };
};

/** Round marks for the time axis: 0 and up to `most` steps of 1, 2 or 5 times a power of ten. */
export const timeMarks = (totalMs: number, most = 5): readonly number[] => {
  const rough = totalMs / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const marks: number[] = [];
  for (let index = 0; index * step <= totalMs * (1 + 1e-9); index += 1)
    marks.push(Number((index * step).toPrecision(12)));
  return marks;
};

/** Where an arrow key leads from a row of the tree; the same row when there is nowhere to go. */
export const stepInTree = (
  rows: readonly WaterfallRow[],
  from: number,
  key: string,
): { readonly row: number; readonly toggle: boolean } => {
  const here = rows[from];
  const stay = { row: from, toggle: false };
  if (here === undefined) return stay;
  switch (key) {
    case 'ArrowDown':
      return { row: Math.min(rows.length - 1, from + 1), toggle: false };
    case 'ArrowUp':
      return { row: Math.max(0, from - 1), toggle: false };
    case 'Home':
      return { row: 0, toggle: false };
    case 'End':
      return { row: rows.length - 1, toggle: false };
    case 'PageDown':
      return { row: Math.min(rows.length - 1, from + 10), toggle: false };
    case 'PageUp':
      return { row: Math.max(0, from - 10), toggle: false };
    case 'ArrowRight':
      if (here.children === 0) return stay;
      return here.expanded ? { row: from + 1, toggle: false } : { row: from, toggle: true };
    case 'ArrowLeft':
      if (here.expanded) return { row: from, toggle: true };
      return here.parentRow >= 0 ? { row: here.parentRow, toggle: false } : stay;
    default:
      return stay;
  }
};
