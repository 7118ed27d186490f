import type { Span, Trace } from '../../../../electron/contract/entities/trace.ts';

/** A step of one trace beside the same step of another; null = it is not there. */
export interface SpanPair {
  readonly key: string;
  /** How many steps it lies below the first one. */
  readonly depth: number;
  readonly a: Span | null;
  readonly b: Span | null;
  /** How much longer it took in the second, in ms; null = one has no end, or is not there. */
  readonly differenceMs: number | null;
}

const NUMBERED = /^Attempt \d+: /u;
/** What a step does, without which model or which try. */
const nameOf = ({ kind, name }: Span): string =>
  kind === 'attempt' || kind === 'turn' ? kind : `${kind} ${name.replace(NUMBERED, '')}`;

function childrenOf(trace: Trace): ReadonlyMap<string | null, readonly Span[]> {
  const known = new Set(trace.spans.map(({ id }) => id));
  const children = new Map<string | null, Span[]>();
  for (const span of trace.spans) {
    // A step whose parent was lost stands at the top.
    const parent = span.parentId !== null && known.has(span.parentId) ? span.parentId : null;
    const list = children.get(parent);
    if (list) list.push(span);
    else children.set(parent, [span]);
  }
  return children;
}

/** Steps of two traces, aligned by name and place: the second attempt stands beside the second attempt. In the order of the first. */
export function alignSpans(a: Trace, b: Trace): readonly SpanPair[] {
  const below = { a: childrenOf(a), b: childrenOf(b) };
  const pairs: SpanPair[] = [];
  const walk = (left: Span | null, right: Span | null, depth: number, key: string): void => {
    const both = left !== null && right !== null && left.durationMs !== null && right.durationMs !== null;
    const differenceMs = both ? (right.durationMs ?? 0) - (left.durationMs ?? 0) : null;
    pairs.push({ key, depth, a: left, b: right, differenceMs });
    inside(
      left === null ? [] : (below.a.get(left.id) ?? []),
      right === null ? [] : (below.b.get(right.id) ?? []),
      depth + 1,
      key,
    );
  };
  const inside = (left: readonly Span[], right: readonly Span[], depth: number, key: string): void => {
    const waiting = new Map<string, Span[]>();
    for (const span of right) waiting.set(nameOf(span), [...(waiting.get(nameOf(span)) ?? []), span]);
    left.forEach((span, at) => {
      walk(span, waiting.get(nameOf(span))?.shift() ?? null, depth, `${key}/${String(at)}`);
    });
    const rest = new Set([...waiting.values()].flat());
    right.forEach((span, at) => {
      if (rest.has(span)) walk(null, span, depth, `${key}/b${String(at)}`);
    });
  };
  inside(below.a.get(null) ?? [], below.b.get(null) ?? [], 0, '');
  return pairs;
}
