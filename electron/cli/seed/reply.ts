import type { ReplyInfo } from '../../contract/entities/chat.ts';
import type { Candidate, Decision, Span, Trace, UsageEntry } from '../../contract/entities/trace.ts';
import type { TRACE_SOURCES } from '../../contract/names.ts';
import { makeFault } from '../../router/index.ts';
import { CAST } from './cast.ts';
import type { SeedModel } from './cast.ts';
import type { Chance } from './chance.ts';
import type { SeedAnswer } from './script.ts';
import { makeSpans } from './spans.ts';

/** Everything known about a made-up turn before its numbers are made up. */
export interface MadeTurn {
  readonly at: number;
  readonly question: string;
  readonly answer: SeedAnswer;
  readonly model: SeedModel;
  readonly historyTokens: number;
  readonly place: { conversationId: string; messageId: string; turnId: string } | null;
  readonly private: boolean;
  readonly source: (typeof TRACE_SOURCES)[number];
  readonly promptVersionId: string | null;
  /** The model was not in memory yet. */
  readonly cold: boolean;
}

export interface MadeReply {
  readonly reply: ReplyInfo;
  readonly trace: Trace;
  readonly usages: readonly UsageEntry[];
}

/** Four letters a token for Latin text, one character for the rest. */
export function tokensOf(text: string): number {
  let others = 0;
  for (const character of text) if ((character.codePointAt(0) ?? 0) > 0x2ff) others++;
  return Math.max(1, Math.ceil((text.length - others) / 4 + others));
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** What a made-up policy weighs: to the local one money matters most, and this machine costs none. */
const WEIGHTS = {
  'local-first': { quality: 0.4, cost: 0.5, latency: 0.1 },
  balanced: { quality: 0.7, cost: 0.1, latency: 0.2 },
} as const;

function candidatesOf(turn: MadeTurn, policy: keyof typeof WEIGHTS): Candidate[] {
  const weights = WEIGHTS[policy];
  return Object.values(CAST).map((candidate) => {
    const rejected =
      turn.private && candidate.route === 'cloud'
        ? 'The conversation is private and this model is not on this machine.'
        : null;
    const parts = {
      quality: round(candidate.quality * weights.quality),
      cost: candidate.usdPerMTokOut === 0 ? weights.cost : round(weights.cost / (1 + candidate.usdPerMTokOut)),
      latency: round(Math.min(1, candidate.tokensPerSecond / 60) * weights.latency),
    };
    const score = rejected ? null : round(parts.quality + parts.cost + parts.latency);
    return { modelId: candidate.id, modelName: candidate.name, score, parts: rejected ? {} : parts, rejected };
  });
}

function decisionOf(turn: MadeTurn): Decision {
  const { model, answer } = turn;
  const policy = turn.private || model.route === 'local' ? 'local-first' : 'balanced';
  const candidates = candidatesOf(turn, policy);
  const best = Math.max(...candidates.map(({ score }) => score ?? 0));
  const wins = candidates.some(({ modelId, score }) => modelId === model.id && score === best);
  const byScore = candidates.filter(({ score }) => score !== null).sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  const others = byScore.map(({ modelId }) => modelId).filter((id) => id !== model.id);
  return {
    policy,
    policyVersion: 0,
    rules: [],
    ladder: [model.id, ...others].slice(0, 4),
    chosen: answer.end === 'failed' && answer.fault === 'no_candidate' ? null : model.id,
    reasons: [
      answer.degraded ??
        (wins
          ? `${model.name} has the best score of those that may answer.`
          : `You chose ${model.name} for this conversation.`),
      ...(turn.private ? ['The conversation is private, so only models on this machine may answer.'] : []),
      ...(model.route === 'local' ? ['It runs on this machine, so nothing leaves it and it costs nothing.'] : []),
    ],
    candidates,
    features: {
      route: wins || answer.degraded !== undefined ? 'auto' : model.id,
      private: turn.private,
      messageTokens: tokensOf(turn.question),
      historyTokens: turn.historyTokens,
    },
  };
}

/** Makes up the numbers of one reply so that they fit each other: tokens, times, cost, spans. */
export function makeReply(turn: MadeTurn, chance: Chance): MadeReply {
  const { model, answer } = turn;
  const traceId = chance.id(turn.at);
  const cached = answer.cached === true;
  const failed = answer.end === 'failed';
  // What no longer fits the context is left out from the oldest on.
  const historyTokens = Math.min(turn.historyTokens, Math.floor(model.contextTokens * 0.6));
  const tokensIn = historyTokens + tokensOf(turn.question) + 12;
  const tokensCached = cached
    ? tokensIn
    : historyTokens > 0 && model.route === 'local' && !turn.cold
      ? historyTokens
      : 0;
  const tokensOut = failed || cached ? 0 : tokensOf(answer.text);
  const tokensPerSecond = round(model.tokensPerSecond * chance.between(0.86, 1.06));
  const loadMs = turn.cold && model.route === 'local' && !cached ? chance.between(300, 1900) : 0;
  const prefillMs = cached
    ? 0.4
    : ((tokensIn - tokensCached) / model.prefillPerSecond) * 1000 * chance.between(0.9, 1.3);
  const degradedBy = answer.degraded !== undefined && answer.fault === undefined ? CAST.big : null;
  const lostMs = degradedBy === null ? 0 : degradedBy.overheadMs * 2;
  const overheadMs = cached ? 1.1 : model.overheadMs * chance.between(0.8, 1.7) + lostMs;
  const firstTokenMs = failed ? null : round(overheadMs + loadMs + prefillMs);
  const decodeMs = (tokensOut / tokensPerSecond) * 1000;
  const durationMs = round(overheadMs + loadMs + prefillMs + decodeMs + chance.between(0.6, 3));
  const costUsd = cached ? 0 : (tokensIn * model.usdPerMTokIn + tokensOut * model.usdPerMTokOut) / 1e6;
  const fault = answer.fault === undefined ? null : makeFault(answer.fault, undefined, model.id);
  const finish =
    answer.end === undefined
      ? 'stop'
      : answer.end === 'stopped'
        ? 'cancelled'
        : answer.end === 'length'
          ? 'length'
          : 'fault';

  const travelled = {
    modelId: model.id,
    modelName: model.name,
    route: cached ? ('cached' as const) : model.route,
    degraded: answer.degraded !== undefined,
    promptVersionId: turn.promptVersionId,
    tokensIn,
    tokensCached,
    tokensOut,
    firstTokenMs,
    durationMs,
    tokensPerSecond: failed || cached ? null : tokensPerSecond,
    costUsd,
  };
  const spans: Span[] = makeSpans({
    chance,
    at: turn.at,
    model,
    cached,
    finish,
    fault,
    degradedBy,
    tokensIn,
    tokensCached,
    tokensOut,
    overheadMs,
    loadMs,
    prefillMs,
    decodeMs,
    durationMs,
    costUsd,
  });
  return {
    reply: {
      traceId,
      ...travelled,
      degradedReason: answer.degraded ?? null,
      contextTokens: model.contextTokens,
      finishReason: finish,
      fault,
      rating: null,
    },
    trace: {
      id: traceId,
      turnId: turn.place?.turnId ?? null,
      conversationId: turn.place?.conversationId ?? null,
      messageId: turn.place?.messageId ?? null,
      startedAt: Math.round(turn.at),
      status: fault ? 'failed' : finish === 'cancelled' ? 'stopped' : 'ok',
      source: turn.source,
      private: turn.private,
      ...travelled,
      faultCode: fault?.code ?? null,
      faultOrigin: fault?.origin ?? null,
      rating: null,
      preview: turn.question.slice(0, 120).replace(/\s+/gu, ' ').trim().toWellFormed(),
      decision: decisionOf(turn),
      spans,
    },
    usages: cached
      ? savedLines({ turn, traceId, at: turn.at + durationMs, tokensIn }, chance)
      : [
          {
            id: chance.id(turn.at + durationMs),
            traceId,
            at: Math.round(turn.at + durationMs),
            modelId: model.id,
            tokensIn,
            tokensCached,
            tokensOut,
            costUsd,
          },
        ],
  };
}

/** What the ledger says of an answer from the cache: nothing used, its price saved. */
function savedLines(
  made: { readonly turn: MadeTurn; readonly traceId: string; readonly at: number; readonly tokensIn: number },
  chance: Chance,
): UsageEntry[] {
  const { model, answer } = made.turn;
  const savedUsd = (made.tokensIn * model.usdPerMTokIn + tokensOf(answer.text) * model.usdPerMTokOut) / 1e6;
  if (savedUsd === 0) return [];
  const nothing = { tokensIn: 0, tokensCached: 0, tokensOut: 0, costUsd: 0 };
  const at = Math.round(made.at);
  return [{ id: chance.id(made.at), traceId: made.traceId, at, modelId: model.id, ...nothing, savedUsd }];
}
