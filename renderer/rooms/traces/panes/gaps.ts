import type { Span, Trace } from '../../../../electron/contract/entities/trace.ts';

/** Times between the pieces of one attempt's stream, in ms. */
export interface StreamGaps {
  readonly spanId: string;
  /** 1-based, as the attempts are counted. */
  readonly attempt: number;
  readonly modelId: string | null;
  readonly pieces: number;
  readonly firstTokenMs: number | null;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly longestMs: number;
  /** In order; each the longest of `each` gaps. Empty in traces of versions that did not draw them. */
  readonly columnsMs: readonly number[];
  readonly each: number;
}

const figure = ({ attributes }: Span, name: string): number | null => {
  const value = attributes[name];
  return typeof value === 'number' ? value : null;
};
const numbers = ({ attributes }: Span, name: string): readonly number[] => {
  const value = attributes[name];
  return Array.isArray(value) ? value.filter((item): item is number => typeof item === 'number') : [];
};

/** The streams of a trace that had at least two pieces, in order. */
export function gapsOf(trace: Trace): readonly StreamGaps[] {
  const attempts = trace.spans.filter(({ kind }) => kind === 'attempt');
  return trace.spans.flatMap((span) => {
    const medianMs = figure(span, 'gapP50Ms');
    const p95Ms = figure(span, 'gapP95Ms');
    const longestMs = figure(span, 'gapMaxMs');
    if (span.kind !== 'stream' || medianMs === null || p95Ms === null || longestMs === null) return [];
    const at = attempts.findIndex(({ id }) => id === span.parentId);
    const modelId = attempts[at]?.attributes['modelId'];
    return [
      {
        spanId: span.id,
        attempt: at + 1,
        modelId: typeof modelId === 'string' ? modelId : null,
        pieces: figure(span, 'deltas') ?? 0,
        firstTokenMs: figure(span, 'firstTokenMs'),
        medianMs,
        p95Ms,
        longestMs,
        columnsMs: numbers(span, 'gapsMs'),
        each: figure(span, 'gapsEach') ?? 1,
      },
    ];
  });
}
