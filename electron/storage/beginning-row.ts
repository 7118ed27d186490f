import type { TraceRow } from '../contract/entities/trace.ts';

const PREVIEW_CHARS = 120;

/** The trace row of a turn that has only just begun. */
export function beginningRow(input: {
  readonly traceId: string;
  readonly turnId: string;
  readonly conversationId: string;
  readonly replyId: string;
  readonly startedAt: number;
  readonly source: TraceRow['source'];
  readonly private: boolean;
  readonly promptVersionId: string | null;
  readonly question: string;
}): TraceRow {
  return {
    id: input.traceId,
    turnId: input.turnId,
    conversationId: input.conversationId,
    messageId: input.replyId,
    startedAt: input.startedAt,
    durationMs: null,
    status: 'running',
    source: input.source,
    private: input.private,
    modelId: null,
    modelName: null,
    route: null,
    degraded: false,
    faultCode: null,
    faultOrigin: null,
    promptVersionId: input.promptVersionId,
    tokensIn: 0,
    tokensCached: 0,
    tokensOut: 0,
    firstTokenMs: null,
    tokensPerSecond: null,
    costUsd: 0,
    rating: null,
    preview: input.question.slice(0, PREVIEW_CHARS).replace(/\s+/g, ' ').trim().toWellFormed(),
  };
}
