import type { Trace } from '../../contract/entities/trace.ts';
import type { TraceContent } from '../../contract/entities/trace-content.ts';
import type { TraceRecorder } from '../../telemetry/recorder.ts';
import type { Answer } from '../answer/answer.ts';
import type { CompleteEvent, CompleteRequest } from './complete.ts';

const PREVIEW_CHARS = 120;

/** The trace of a request that belongs to no conversation. `cut` = it ended at a stop sequence. `content` absent = no words are kept. */
export function traceOf(
  request: CompleteRequest,
  recorder: TraceRecorder,
  answer: Answer,
  cut: boolean,
  content?: TraceContent,
  durationMs = recorder.elapsedMs(),
): Trace {
  const { model, fault, usage } = answer;
  const stopped = fault === null && answer.finish === 'cancelled' && !cut;
  recorder.root.set({ modelId: model?.id ?? null, tokensIn: usage.tokensIn, tokensOut: usage.tokensOut });
  const { replayOf, replayOfConversation } = request;
  if (replayOf !== undefined) recorder.root.set({ replayOf });
  // Its words are those of that conversation: they are locked when it is.
  if (replayOfConversation !== undefined) recorder.root.set({ replayOfConversation });
  if (request.token) recorder.root.set({ token: request.token.name });
  if (answer.degradedReason !== null) recorder.root.set({ degraded: true, degradedReason: answer.degradedReason });
  if (answer.savedUsd > 0) recorder.root.set({ savedUsd: answer.savedUsd });
  if (answer.degradedReason !== null) recorder.root.set({ degradedReason: answer.degradedReason });
  recorder.root.end(fault);
  const question = request.messages.findLast(({ role }) => role === 'user')?.text ?? '';
  return {
    id: recorder.traceId,
    turnId: null,
    conversationId: null,
    messageId: null,
    startedAt: recorder.startedAt,
    durationMs,
    status: fault ? 'failed' : stopped ? 'stopped' : 'ok',
    source: request.source,
    private: request.private === true,
    modelId: model?.id ?? null,
    modelName: model?.name ?? null,
    route: answer.route,
    degraded: answer.degradedReason !== null,
    faultCode: fault?.code ?? null,
    faultOrigin: fault?.origin ?? null,
    promptVersionId: request.promptVersionId ?? null,
    tokensIn: usage.tokensIn,
    tokensCached: usage.tokensCached,
    tokensOut: usage.tokensOut,
    firstTokenMs: answer.firstTokenMs,
    tokensPerSecond: answer.timings?.tokensPerSecond ?? null,
    costUsd: answer.costUsd,
    rating: null,
    preview: question.slice(0, PREVIEW_CHARS).replace(/\s+/gu, ' ').trim().toWellFormed(),
    decision: answer.decision.policy === 'none' ? null : answer.decision,
    spans: recorder.finish(),
    ...(content === undefined ? {} : { content }),
  };
}

/**
 * What a request that joined a twin under way knows of its answer, gathered from what both heard: it cost this one nothing.
 * The decision stands in the twin's trace.
 */
export function createJoinedAnswer(recorder: TraceRecorder) {
  let model: Answer['model'] = null;
  let route: Answer['route'] = null;
  let degradedReason: string | null = null;
  let firstTokenMs: number | null = null;
  let end: Extract<CompleteEvent, { kind: 'end' | 'fault' }> | null = null;
  return {
    hear(event: CompleteEvent): void {
      if (event.kind === 'route') {
        model = { id: event.modelId, name: event.modelName };
        ({ route, degradedReason } = event);
      } else if (event.kind === 'end' || event.kind === 'fault') end = event;
      else firstTokenMs ??= recorder.elapsedMs();
    },
    /** `left` = the asker went before the end. */
    answer(left: boolean): Answer {
      const over = left ? null : end;
      const ended = over?.kind === 'end' ? over : null;
      return {
        decision: { policy: 'none', chosen: null, reasons: [], candidates: [], features: {} },
        model,
        route: route === null ? null : 'cached',
        degradedReason,
        finish: over?.kind === 'fault' ? 'fault' : (ended?.finish ?? 'cancelled'),
        fault: over?.kind === 'fault' ? over.fault : null,
        usage: {
          tokensIn: ended?.tokensIn ?? 0,
          tokensCached: ended?.tokensCached ?? 0,
          tokensOut: ended?.tokensOut ?? 0,
        },
        timings: null,
        contextTokens: null,
        firstTokenMs,
        costUsd: 0,
        savedUsd: ended?.costUsd ?? 0,
        ledger: [],
      };
    },
  };
}
