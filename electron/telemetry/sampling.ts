import type { Trace } from '../contract/entities/trace.ts';

/** A turn slower than this is worth its steps, in ms. */
const SLOW_MS = 20_000;

/** 0 to 1, the same for one id wherever it is asked: the last 32 bits of its random part. */
const placeOf = (traceId: string): number => Number.parseInt(traceId.slice(-8), 16) / 2 ** 32;

/**
 * The trace as it is stored when only this share (0 to 1) of the unremarkable ones keeps its steps. Its row, its sums and the ledger are
 * always whole; steps, decision and words are kept whatever the share of what failed, was stopped, degraded, slow, replays another or belongs to a
 * conversation.
 */
export function sampled(trace: Trace, share: number): Trace {
  const remarkable =
    trace.status !== 'ok' || trace.degraded || trace.conversationId !== null || (trace.durationMs ?? 0) > SLOW_MS;
  if (remarkable || share >= 1 || placeOf(trace.id) < share) return trace;
  if (trace.spans.some(({ attributes }) => attributes['replayOf'] !== undefined)) return trace;
  const failedInside = trace.spans.some(({ status }) => status === 'error');
  if (failedInside) return trace;
  const row: Trace = { ...trace, decision: null, spans: [] };
  delete row.content;
  return row;
}
