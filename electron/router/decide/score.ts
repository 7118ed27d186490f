import type { ModelEntry } from '../../contract/entities/model.ts';
import type { Objective } from '../../contract/policy.ts';
import type { Features } from '../features/features.ts';
import { answerMs } from './estimate.ts';

/** Best quality a local model of unknown quality is taken for, at 100 billion parameters. */
const BEST_UNKNOWN_LOCAL = 0.85;
/** Quality of a provider's model of which neither quality nor price is known. */
const UNKNOWN_CLOUD = 0.5;
/** A cost at which half of the cost score is gone, in USD a turn; the same for the wait, in ms. */
const HALF_COST_USD = 0.004;
const HALF_WAIT_MS = 8_000;
/** Attempts after which the faults seen count fully. */
const SURE_SAMPLES = 8;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
const round = (value: number): number => Math.round(value * 1e4) / 1e4;

/**
 * How good a model's answers are held to be, 0 to 1: stated or measured here; else by parameters (1 million = 0, each ten
 * times as many adds a fifth of the scale) or, for a provider's, by price, both kept below what a stated quality may say.
 */
export function qualityOf(model: ModelEntry): number {
  if (model.quality !== null) return model.quality;
  if (model.kind === 'local') {
    const parameters = Math.max(model.parameters ?? model.sizeBytes ?? 1e6, 1e6);
    return clamp((Math.log10(parameters) - 6) / 5, 0, 1) * BEST_UNKNOWN_LOCAL;
  }
  const dollars = model.price?.usdPerMTokOut ?? 0;
  return dollars <= 0 ? UNKNOWN_CLOUD : clamp(0.6 + 0.12 * Math.log10(dollars), 0.4, 0.8);
}

/** Quality a question of this difficulty needs, about: where a model answers it well in half of the cases. */
export const qualityNeeded = (difficulty: number): number => 0.08 + 0.72 * difficulty;

/** Chance of a good answer: what quality is worth for this question. Rising in quality, so that more is never worse. */
function adequacy(quality: number, difficulty: number): number {
  const enough = 1 / (1 + Math.exp((qualityNeeded(difficulty) - quality) / 0.08));
  return 0.75 * enough + 0.25 * quality;
}

/** Quality as this request will meet it: faults seen here and history that would be cut count against a model. */
function qualityHere(model: ModelEntry, features: Features, larger: boolean): number {
  const quality = qualityOf(model);
  const { observed } = model;
  const sure = observed ? Math.min(1, observed.samples / SURE_SAMPLES) : 0;
  const reliable = 1 - 0.6 * sure * (observed?.faultShare ?? 0);
  const fits = !larger ? 1 : Math.min(1, (model.contextTokens * 0.75) / Math.max(1, features.historyTokens));
  return quality * reliable * (0.7 + 0.3 * fits);
}

/** Score of one candidate, 0 to 1, and the parts it is made of, after weighting. */
export interface Score {
  readonly parts: { readonly quality: number; readonly cost: number; readonly latency: number };
  readonly total: number;
  /** What its quality is worth for this question before weighting, 0 to 1. */
  readonly good: number;
}

/** Scores a candidate by the objective; `waitMs` = how long its provider asked to wait, `larger` = a larger window counts. */
export function scoreOf(
  model: ModelEntry,
  features: Features,
  objective: Objective,
  likelyUsd: number | null,
  loadedModelId: string | null,
  waitMs: number,
  larger: boolean,
): Score {
  const sum = objective.quality + objective.cost + objective.latency || 1;
  const cost = likelyUsd === null ? 0.5 : HALF_COST_USD / (HALF_COST_USD + likelyUsd);
  const ms = answerMs(model, features, loadedModelId) + waitMs;
  const weights =
    objective.quality + objective.cost + objective.latency === 0 ? { ...objective, quality: 1 } : objective;
  const good = adequacy(qualityHere(model, features, larger), features.difficulty);
  const parts = {
    quality: round((good * weights.quality) / sum),
    cost: round((cost * weights.cost) / sum),
    latency: round(((HALF_WAIT_MS / (HALF_WAIT_MS + ms)) * weights.latency) / sum),
  };
  return { parts, total: round(parts.quality + parts.cost + parts.latency), good };
}
