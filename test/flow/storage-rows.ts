import type { MintId } from '../../electron/base/ids.ts';
import type { ReplyInfo } from '../../electron/contract/entities/chat.ts';
import type { Span, TraceRow } from '../../electron/contract/entities/trace.ts';
import type { EgressEntry } from '../../electron/contract/providers.ts';
import type { TurnBegin, TurnEnd } from '../../electron/storage/index.ts';

/** The fixed time of stored test rows. */
export const AT = Date.UTC(2026, 2, 14, 15, 9, 26);

export const emptyReply = (traceId: string): ReplyInfo => ({
  traceId,
  modelId: 'local/switchyard-starter',
  modelName: 'Switchyard starter',
  route: 'local',
  degraded: false,
  degradedReason: null,
  promptVersionId: null,
  tokensIn: 12,
  tokensCached: 4,
  tokensOut: 30,
  contextTokens: 2048,
  firstTokenMs: 80.5,
  durationMs: 900.25,
  tokensPerSecond: 88.8,
  costUsd: 0,
  finishReason: 'stop',
  fault: null,
  rating: null,
});

export const makeTraceRow = (id: string, patch: Partial<TraceRow> = {}): TraceRow => ({
  id,
  turnId: null,
  conversationId: null,
  messageId: null,
  startedAt: AT,
  durationMs: null,
  status: 'running',
  source: 'app',
  private: false,
  modelId: null,
  modelName: null,
  route: null,
  degraded: false,
  faultCode: null,
  faultOrigin: null,
  promptVersionId: null,
  tokensIn: 0,
  tokensCached: 0,
  tokensOut: 0,
  firstTokenMs: null,
  tokensPerSecond: null,
  costUsd: 0,
  rating: null,
  preview: '',
  ...patch,
});

export const makeSpan = (id: string, patch: Partial<Span> = {}): Span => ({
  id,
  parentId: null,
  kind: 'turn',
  name: 'turn',
  startMs: 0,
  durationMs: 12.5,
  status: 'ok',
  fault: null,
  attributes: { 'model.id': 'local/switchyard-starter', threads: 1 },
  events: [],
  ...patch,
});

/** What `beginTurn` wants for a new question, or, without `text`, for another reply to `parentId`. */
export function makeBegin(
  mintId: MintId,
  conversationId: string,
  parentId: string | null,
  text: string | null,
  patch: Partial<TurnBegin> = {},
): TurnBegin {
  const [userId, replyId, turnId, traceId] = [mintId(), mintId(), mintId(), mintId()];
  return {
    conversation: { id: conversationId, private: false, route: 'auto', title: (text ?? '').slice(0, 40) },
    userMessage: text === null ? null : { id: userId, parentId, text },
    replyId,
    replyParentId: text === null ? (parentId ?? '') : userId,
    turnId,
    traceId,
    promptVersionId: null,
    replyStatus: 'streaming',
    at: AT,
    trace: makeTraceRow(traceId, { turnId, conversationId, messageId: replyId, preview: (text ?? '').slice(0, 120) }),
    ...patch,
  };
}

export const makeEnd = (begin: TurnBegin, text: string, patch: Partial<TurnEnd> = {}): TurnEnd => ({
  replyId: begin.replyId,
  status: 'complete',
  text,
  reply: { ...emptyReply(begin.traceId), promptVersionId: begin.promptVersionId },
  trace: { ...begin.trace, status: 'ok', durationMs: 900, modelId: 'local/switchyard-starter', route: 'local' },
  decision: null,
  spans: [],
  usages: [],
  at: AT + 900,
  ...patch,
});

/** A request as it begins. */
export const makeEgress = (id: string, patch: Partial<EgressEntry> = {}): EgressEntry => ({
  id,
  at: 1000,
  host: 'api.openai.com:443',
  method: 'POST',
  path: '/v1/chat/completions',
  providerId: 'openai',
  modelId: 'openai/gpt-x',
  purpose: 'chat',
  conversationId: 'c1',
  traceId: 't1',
  bytesOut: 100,
  bytesIn: 0,
  status: null,
  durationMs: 0,
  ...patch,
});
/** How it ended. */
export const EGRESS_END = { bytesOut: 120, bytesIn: 900, status: 200, durationMs: 12.5, outcome: 'whole' } as const;
