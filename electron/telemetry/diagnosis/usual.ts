import type { Span, Trace, TraceRow } from '../../contract/entities/trace.ts';

/** Fewer than this say nothing about what is usual. */
export const ENOUGH = 5;

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** The usual value of a figure; null when fewer than `ENOUGH` traces have it. */
export function usual(rows: readonly TraceRow[], read: (row: TraceRow) => number | null): number | null {
  const values = rows.map(read).filter((value) => value !== null);
  return values.length < ENOUGH ? null : median(values);
}

export const share = <T>(items: readonly T[], holds: (item: T) => boolean): number =>
  items.length === 0 ? 0 : items.filter(holds).length / items.length;

/** A number among the attributes of a span; null when it is not there. */
export function figure(span: Span | undefined, name: string): number | null {
  const value = span?.attributes[name];
  return typeof value === 'number' ? value : null;
}
export const word = (span: Span | undefined, name: string): string | null => {
  const value = span?.attributes[name];
  return typeof value === 'string' ? value : null;
};

/** Why the reply is degraded, as it stands on the trace; null = it is not, or the trace is older than these words. */
export const degradedReasonOf = (trace: Trace): string | null =>
  trace.degraded
    ? word(
        trace.spans.find(({ parentId }) => parentId === null),
        'degradedReason',
      )
    : null;

export const attemptsOf = (trace: Trace): Span[] => trace.spans.filter(({ kind }) => kind === 'attempt');
export const providerOf = (modelId: string | null): string => modelId?.split('/')[0] ?? '';

export const ms = (value: number): string =>
  value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)} s`;
/** How many times as much, as it is said. */
export const factor = (value: number): string => (value >= 10 ? String(Math.round(value)) : value.toFixed(1));
export const percent = (value: number): string => `${Math.round(value * 100)}%`;
export const usd = (value: number): string => `$${value < 0.01 ? value.toFixed(4) : value.toFixed(2)}`;
/** The code of one, or of several. */
export const counted = <const Code extends string>(code: Code, count: number): Code | `${Code}_one` =>
  count === 1 ? `${code}_one` : code;
