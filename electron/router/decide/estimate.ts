import type { ModelEntry } from '../../contract/entities/model.ts';
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

/** Worst and likely cost of one answer in USD; `likely` null = no price known. Local models are free. */
export function costOf(
  model: ModelEntry,
  features: Features,
): { readonly most: number; readonly likely: number | null } {
  if (model.kind === 'local') return { most: 0, likely: 0 };
  const { price } = model;
  if (!price) return { most: 0, likely: null };
  const longest = longestAnswerTokens(model, features.maxTokens);
  const tokensIn = promptTokens(model, features);
  // Estimated token counts may be a quarter too low; a cache write may cost more than the plain prompt.
  const inputMost = tokensIn * 1.25 * Math.max(price.usdPerMTokIn, price.usdPerMTokCacheWrite);
  return {
    most: (inputMost + longest * price.usdPerMTokOut) / 1e6,
    likely: (tokensIn * price.usdPerMTokIn + Math.min(longest, USUAL_ANSWER_TOKENS) * price.usdPerMTokOut) / 1e6,
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
