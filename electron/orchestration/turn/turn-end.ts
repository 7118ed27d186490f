import { say } from '../../contract/sentences/index.ts';
import type { MintId } from '../../base/ids.ts';
import type { ReplyInfo } from '../../contract/entities/chat.ts';
import type { TraceRow } from '../../contract/entities/trace.ts';
import type { Fault } from '../../contract/faults.ts';
import type { TurnEnd } from '../../storage/store.ts';
import type { Answer } from '../answer/answer.ts';
import { ledgerEntries } from '../answer/ledger.ts';
import { emptyReply } from './turn.ts';
import type { Turn } from './turn.ts';

/** A turn that ended before anybody was asked, or through a mistake of ours. */
export const unanswered = (finish: 'cancelled' | 'fault', fault: Fault | null): Answer => ({
  decision: { policy: 'none', chosen: null, reasons: [], candidates: [], features: {} },
  model: null,
  degradedReason: null,
  finish,
  fault,
  usage: { tokensIn: 0, tokensCached: 0, tokensOut: 0 },
  timings: null,
  contextTokens: null,
  firstTokenMs: null,
  route: null,
  costUsd: 0,
  savedUsd: 0,
  ledger: [],
});

function wordsFor(fault: Fault, kept: boolean): Fault {
  if (fault.code !== 'local_crash' || !kept) return fault;
  return {
    ...fault,
    detail: say('said.engine.wrote_no_more'),
  };
}

/** Everything a turn stores when it ends, made of what was asked and what came back. */
export function turnEnd(turn: Turn, answer: Answer, mintId: MintId, now: number): TurnEnd {
  const { begin, live, recorder } = turn;
  const text = live.text();
  const kept = /\S/.test(text);
  const fault = answer.fault ? wordsFor(answer.fault, kept) : null;
  const { model, usage, timings } = answer;
  const stopped = fault === null && answer.finish === 'cancelled';
  const durationMs = recorder.elapsedMs();

  recorder.root.set({
    modelId: model?.id ?? null,
    tokensIn: usage.tokensIn,
    tokensOut: usage.tokensOut,
    degraded: answer.degradedReason !== null,
    ...(answer.degradedReason === null ? {} : { degradedReason: answer.degradedReason }),
    ...(answer.savedUsd > 0 ? { savedUsd: answer.savedUsd } : {}),
  });
  recorder.root.end(fault);

  const told = {
    modelId: model?.id ?? null,
    modelName: model?.name ?? null,
    route: answer.route,
    degraded: answer.degradedReason !== null,
    tokensIn: usage.tokensIn,
    tokensCached: usage.tokensCached,
    tokensOut: usage.tokensOut,
    firstTokenMs: answer.firstTokenMs,
    durationMs,
    tokensPerSecond: timings?.tokensPerSecond ?? null,
    costUsd: answer.costUsd,
  };
  const reply: ReplyInfo = {
    ...emptyReply(begin.traceId, begin.promptVersionId),
    ...told,
    degradedReason: answer.degradedReason,
    contextTokens: answer.contextTokens,
    finishReason: answer.finish,
    fault,
  };
  const trace: TraceRow = {
    ...begin.trace,
    ...told,
    status: fault ? 'failed' : stopped ? 'stopped' : 'ok',
    faultCode: fault?.code ?? null,
    faultOrigin: fault?.origin ?? null,
  };
  return {
    replyId: begin.replyId,
    status: fault ? (kept ? 'partial' : 'failed') : stopped ? 'stopped' : 'complete',
    text,
    reply,
    trace,
    decision: answer.decision.policy === 'none' ? null : answer.decision,
    spans: recorder.finish(),
    usages: ledgerEntries(answer, begin.traceId, now, mintId),
    at: now,
  };
}
