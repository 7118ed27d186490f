import type { ModelEntry } from '../../contract/entities/model.ts';
import { priceAt } from '../../model/pricing/pricing.ts';
import type { Features } from '../features/features.ts';

/** Longest answer an estimate counts with when none is asked for, in tokens; more for models that reason unseen. */
const LONGEST_ANSWER_TOKENS = 4096;
const LONGEST_REASONED_TOKENS = 16_384;
/** A usual answer, for what a turn is likely to cost and take. */
const USUAL_ANSWER_TOKENS = 350;

/** Share of the weights' size that working memory takes on top (KV cache, buffers), and a fixed part in bytes. */
const MEMORY_FACTOR = 1.15;
const MEMORY_FIXED_BYTES = 256 * 2 ** 20;
/** Reading weights from a disk and laying them out, in bytes a second, and starting at all, in ms. */
const LOAD_BYTES_PER_SECOND = 700e6;
const LOAD_FIXED_MS = 250;
/** What a model that was never measured is taken for. */
const UNMEASURED_CLOUD = { firstTokenMs: 900, tokensPerSecond: 50 };
const UNMEASURED_LOCAL_BYTES_PER_SECOND = 12e9;

/** Longest answer that the cost estimate of a model counts with, in tokens. */
export function longestAnswerTokens(model: ModelEntry, maxTokens: number | null): number {
  const longest = model.capabilities.reasoning ? LONGEST_REASONED_TOKENS : LONGEST_ANSWER_TOKENS;
  return Math.min(maxTokens ?? longest, model.maxOutputTokens ?? Infinity);
}

/** Prompt tokens that would be sent: what does not fit is trimmed. */
const promptTokens = (model: ModelEntry, features: Features): number =>
  Math.min(features.historyTokens, Math.max(features.messageTokens + features.fixedTokens, model.contextTokens));

/** Estimated token counts may be a quarter too low. */
const MISCOUNT = 1.25;
/** An answer cut shorter than this is of no use to anybody, in tokens; a model that reasons unseen needs more before its first word. */
const LEAST_ANSWER_TOKENS = 256;
const LEAST_REASONED_TOKENS = 2048;

/** What one answer costs, in USD, and how long it may be for that. */
export interface Cost {
  readonly most: number;
  /** null = no price known. */
  readonly likely: number | null;
  /** Longest answer `most` counts with, in tokens; null = no limit, it costs nothing. */
  readonly maxTokens: number | null;
  /** The answer is kept shorter than usual, because no more money is left. */
  readonly shortened: boolean;
}

/**
 * Worst and likely cost of one answer; local models are free. An answer that would cost more than `leftUsd` is kept as short as
 * that allows, while it is still of use; else `most` says what a whole one could cost.
 */
export function costOf(model: ModelEntry, features: Features, leftUsd: number): Cost {
  if (model.kind === 'local') return { most: 0, likely: 0, maxTokens: null, shortened: false };
  const longest = longestAnswerTokens(model, features.maxTokens);
  const { price } = model;
  if (!price) return { most: 0, likely: null, maxTokens: longest, shortened: false };
  const tokensIn = promptTokens(model, features);
  const usual = priceAt(price, tokensIn);
  const dearest = priceAt(price, tokensIn * MISCOUNT);
  // A cache write may cost more than the plain prompt.
  const inputMost = (tokensIn * MISCOUNT * Math.max(dearest.usdPerMTokIn, dearest.usdPerMTokCacheWrite)) / 1e6;
  const most = inputMost + (longest * dearest.usdPerMTokOut) / 1e6;
  const likelyOut = Math.min(longest, USUAL_ANSWER_TOKENS);
  const likely = (tokensIn * usual.usdPerMTokIn + likelyOut * usual.usdPerMTokOut) / 1e6;
  if (most <= leftUsd || dearest.usdPerMTokOut <= 0) return { most, likely, maxTokens: longest, shortened: false };
  const affordable = Math.floor(((leftUsd - inputMost) * 1e6) / dearest.usdPerMTokOut);
  const least = Math.min(longest, model.capabilities.reasoning ? LEAST_REASONED_TOKENS : LEAST_ANSWER_TOKENS);
  if (affordable < least) return { most, likely, maxTokens: longest, shortened: false };
  return {
    most: inputMost + (affordable * dearest.usdPerMTokOut) / 1e6,
    likely,
    maxTokens: affordable,
    shortened: true,
  };
}

/** Memory a local model needs to run, in bytes; 0 = unknown. */
export const memoryNeeded = (model: ModelEntry): number =>
  model.sizeBytes === null ? 0 : model.sizeBytes * MEMORY_FACTOR + MEMORY_FIXED_BYTES;

export const isLoaded = (model: ModelEntry, loadedModelId: string | null): boolean =>
  model.id === loadedModelId || model.state === 'loaded';

/** How long a usual answer takes, in ms: waiting for it, loading a local model, reading the prompt, writing. */
export function answerMs(model: ModelEntry, features: Features, loadedModelId: string | null): number {
  const { observed, measurement } = model;
  if (model.kind === 'cloud') {
    const first = observed?.firstTokenMs ?? UNMEASURED_CLOUD.firstTokenMs;
    return first + (USUAL_ANSWER_TOKENS / (observed?.tokensPerSecond ?? UNMEASURED_CLOUD.tokensPerSecond)) * 1000;
  }
  const size = model.sizeBytes ?? 1e9;
  const loading = isLoaded(model, loadedModelId) ? 0 : LOAD_FIXED_MS + (size / LOAD_BYTES_PER_SECOND) * 1000;
  const guess = Math.min(200, UNMEASURED_LOCAL_BYTES_PER_SECOND / size);
  const writes = observed?.tokensPerSecond ?? measurement?.decodeTokensPerSecond ?? guess;
  const reads = measurement?.prefillTokensPerSecond ?? guess * 8;
  return loading + (promptTokens(model, features) / reads + USUAL_ANSWER_TOKENS / writes) * 1000;
}
