import type { ModelEntry } from '../contract/entities/model.ts';
import type { Candidate, Decision } from '../contract/entities/trace.ts';
import { ROUTE_AUTO, ROUTE_LOCAL, STARTER_MODEL_ID } from '../contract/names.ts';

/** What the decision looks at of the request. */
export interface Features {
  /** `auto`, `local` or a model id. */
  readonly route: string;
  readonly private: boolean;
  /** Tokens of the last message alone, estimated: history can be trimmed, this cannot. */
  readonly messageTokens: number;
  /** Tokens of the whole conversation so far, estimated. */
  readonly historyTokens: number;
  readonly messages: number;
}

/** What is known about the machine and the models at this moment. */
export interface Health {
  readonly now: number;
  /** Memory that could be used now, in bytes; null = unknown. */
  readonly freeBytes: number | null;
  readonly loadedModelId: string | null;
  openUntil(modelId: string): number | null;
}

/** A decision with the ladder to fall down. */
export interface RoutePlan {
  readonly decision: Decision;
  /** Models to ask, in order; empty = none left. */
  readonly ladder: readonly ModelEntry[];
  /** Why the chosen one is not the first choice, one sentence; null when it is. */
  readonly degradedReason: string | null;
}

/** Share of the weights' size that working memory takes on top (KV cache, buffers), and a fixed part in bytes. */
const MEMORY_FACTOR = 1.15;
const MEMORY_FIXED_BYTES = 256 * 2 ** 20;
/** Room a reply needs at least, in tokens. */
export const MIN_REPLY_TOKENS = 64;

const WEIGHTS: Readonly<Record<string, { capability: number; speed: number }>> = {
  'local-first': { capability: 0.85, speed: 0.15 },
  offline: { capability: 0.85, speed: 0.15 },
  balanced: { capability: 0.7, speed: 0.3 },
  'best-quality': { capability: 1, speed: 0 },
  cheapest: { capability: 0.85, speed: 0.15 },
};

const round = (value: number) => Math.round(value * 1000) / 1000;
const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;

/** Parameters on a log scale from 1 million to 100 billion; unknown counts are taken from the size at 1 byte each. */
function capability(model: ModelEntry): number {
  const parameters = model.parameters ?? model.sizeBytes ?? 1e6;
  return Math.min(1, Math.max(0, (Math.log10(Math.max(parameters, 1e6)) - 6) / 5));
}

/** Reading speed of a person is about 10 tokens a second; beyond 60 more is not felt. Unmeasured counts as half. */
function speed(model: ModelEntry): number {
  const measured = model.measurement?.decodeTokensPerSecond;
  return measured === undefined ? 0.5 : Math.min(1, measured / 60);
}

interface Rejection {
  readonly words: string;
  /** The person would expect this model to answer: passing it over is a degradation. */
  readonly degrades: boolean;
}

function rejection(model: ModelEntry, features: Features, health: Health): Rejection | null {
  if (model.state === 'missing') return { words: model.problem ?? 'Its file is missing.', degrades: true };
  if (model.state === 'corrupt') return { words: model.problem ?? 'Its file is damaged.', degrades: true };
  if (model.state === 'unsupported')
    return { words: model.problem ?? 'This kind of model cannot be run here.', degrades: false };
  if (features.private && model.provider !== 'local')
    return { words: 'The conversation is private and this model is not on this machine.', degrades: false };
  const openUntil = health.openUntil(model.id);
  if (openUntil !== null) {
    const seconds = Math.max(1, Math.ceil((openUntil - health.now) / 1000));
    return { words: `It failed three times in a row; it is tried again in ${String(seconds)} s.`, degrades: true };
  }
  if (features.messageTokens + MIN_REPLY_TOKENS > model.contextTokens) {
    const tokens = `about ${String(features.messageTokens)} tokens`;
    return {
      words: `The message has ${tokens}, its context holds ${String(model.contextTokens)}.`,
      degrades: false,
    };
  }
  const needed = model.sizeBytes === null ? 0 : model.sizeBytes * MEMORY_FACTOR + MEMORY_FIXED_BYTES;
  const tooLarge = health.freeBytes !== null && needed > health.freeBytes;
  if (tooLarge && !model.embedded && model.id !== health.loadedModelId && model.state !== 'loaded') {
    const free = gigabytes(health.freeBytes ?? 0);
    return { words: `It needs about ${gigabytes(needed)} of memory and ${free} is free.`, degrades: true };
  }
  return null;
}

/** Which model answers, and in what order the others follow. Pure: the same inputs give the same plan. */
export function decide(features: Features, models: readonly ModelEntry[], health: Health, policy: string): RoutePlan {
  const weights = WEIGHTS[policy] ?? { capability: 0.85, speed: 0.15 };
  const looked = models.map((model) => {
    const parts = {
      capability: round(capability(model) * weights.capability),
      speed: round(speed(model) * weights.speed),
    };
    return { model, parts, total: round(parts.capability + parts.speed), rejected: rejection(model, features, health) };
  });
  const named = features.route !== ROUTE_AUTO && features.route !== ROUTE_LOCAL ? features.route : null;
  const ranked = looked.toSorted(
    (a, b) =>
      Number(b.model.id === named) - Number(a.model.id === named) ||
      b.total - a.total ||
      Number(a.model.embedded) - Number(b.model.embedded) ||
      a.model.id.localeCompare(b.model.id),
  );
  const usable = ranked.filter((item) => item.rejected === null);
  const chosen = usable[0];
  const passedOver = ranked
    .slice(0, chosen ? ranked.indexOf(chosen) : undefined)
    .find((item) => item.rejected !== null && (item.rejected.degrades || item.model.id === named));
  const unknownName = named !== null && !looked.some((item) => item.model.id === named);

  let degradedReason: string | null = null;
  if (unknownName) degradedReason = `The chosen model “${named}” is not installed any more.`;
  else if (passedOver?.rejected)
    degradedReason = `${passedOver.model.name} cannot answer now. ${passedOver.rejected.words}`;

  const starter = usable.find((item) => item.model.id === STARTER_MODEL_ID);
  const ladder = chosen ? [chosen.model] : [];
  if (starter && starter !== chosen) ladder.push(starter.model);
  return {
    decision: {
      policy,
      chosen: chosen?.model.id ?? null,
      reasons: reasonsFor(chosen?.model ?? null, named, usable.length, degradedReason),
      candidates: ranked.map(({ model, parts, total, rejected }): Candidate => ({
        modelId: model.id,
        modelName: model.name,
        score: rejected ? null : total,
        parts,
        rejected: rejected?.words ?? null,
      })),
      features: { ...features, freeBytes: health.freeBytes },
    },
    ladder,
    degradedReason: chosen ? degradedReason : null,
  };
}

function reasonsFor(
  chosen: ModelEntry | null,
  named: string | null,
  usable: number,
  degraded: string | null,
): string[] {
  if (!chosen) return ['No model can answer this message now.', ...(degraded ? [degraded] : [])];
  const reasons: string[] = [];
  if (chosen.id === named) reasons.push('It was chosen for this conversation.');
  else if (usable === 1) reasons.push('It is the only model here that can answer now.');
  else reasons.push('It is the most capable model on this machine that can answer now.');
  if (degraded) reasons.push(degraded);
  if (chosen.provider === 'local') reasons.push('It runs on this machine, so nothing leaves it and it costs nothing.');
  return reasons;
}
