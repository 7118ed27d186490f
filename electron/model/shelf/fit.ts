import type { Fit } from '../../contract/entities/library.ts';

/** What a model is for the purpose of fitting it. */
export interface Sized {
  /** Bytes of its file, all of which are read into memory. */
  readonly sizeBytes: number;
  /** Share of them that is read for each token: 1 unless only some experts work. */
  readonly activeShare: number;
  /** Trained window, tokens. */
  readonly contextTokens: number;
}

/** What was measured of this machine. */
export interface Measured {
  readonly totalBytes: number;
  readonly freeBytes: number | null;
  /** Bytes of weights it reads in a second while a model writes; null = nothing was measured. */
  readonly weightBytesPerSecond: number | null;
}

/** The context that is reckoned with, in tokens: enough for a chat; a longer one takes more. */
const CONTEXT_TOKENS = 4096;
/** Cache of keys and values for one token, as a share of the weights: 16-bit caches of common models lie at 0.00001 to 0.00003. */
const CACHE_SHARE_PER_TOKEN = 0.00003;
/** Buffers of the engine besides weights and cache, in bytes. */
const ENGINE_BYTES = 250e6;
/** Left to the system and everything else, as a share of all memory. */
const SYSTEM_SHARE = 0.1;
/** Below this a reply comes slower than most people read, tokens a second. */
const READING_SPEED = 6;

/** Whether it fits, from measured memory and measured speed. More memory or speed never makes it worse. */
export function fitOf(model: Sized, machine: Measured): Fit {
  const contextTokens = Math.min(CONTEXT_TOKENS, model.contextTokens);
  const needBytes = Math.round(model.sizeBytes * (1 + CACHE_SHARE_PER_TOKEN * contextTokens) + ENGINE_BYTES);
  const { totalBytes, freeBytes, weightBytesPerSecond } = machine;
  const tokensPerSecond =
    weightBytesPerSecond === null ? null : weightBytesPerSecond / Math.max(1, model.sizeBytes * model.activeShare);
  const because =
    needBytes > totalBytes * (1 - SYSTEM_SHARE)
      ? 'memory'
      : freeBytes !== null && needBytes > freeBytes
        ? 'memory-now'
        : tokensPerSecond !== null && tokensPerSecond < READING_SPEED
          ? 'speed'
          : null;
  const fit = because === 'memory' ? 'wont-fit' : because === null ? 'fits' : 'may-be-slow';
  return { fit, needBytes, totalBytes, freeBytes, contextTokens, tokensPerSecond, because };
}

/** In a smaller model most time goes into what is the same for each token, so it says nothing of large ones. */
const LEAST_BASIS_BYTES = 50e6;

/** A model that was measured on this machine. */
export interface MeasuredModel {
  readonly name: string;
  readonly sizeBytes: number;
  readonly tokensPerSecond: number;
}

/**
 * What speeds are reckoned from: the largest measured model of a useful size, because it says most about large ones. Writing a token reads all
 * weights once, so their bytes times its speed is what this machine reads in a second.
 */
export function basisOf(measured: readonly MeasuredModel[]): MeasuredModel | null {
  return measured
    .filter(({ sizeBytes }) => sizeBytes >= LEAST_BASIS_BYTES)
    .reduce<MeasuredModel | null>(
      (best, model) => (best === null || model.sizeBytes > best.sizeBytes ? model : best),
      null,
    );
}

const ORDER = { fits: 0, 'may-be-slow': 1, 'wont-fit': 2 } as const;

/**
 * The list as a person should read it: what is recommended, then what fits, then the rest; in each the larger first, as long as
 * it fits. Recommended is, of each kind, the largest that fits; while nothing is measured, the smallest, which is safe anywhere.
 */
export function ranked<T extends { readonly kind: string; readonly parameters: number; readonly fit: Fit }>(
  models: readonly T[],
): (T & { readonly recommended: boolean })[] {
  const best = new Map<string, T>();
  for (const model of models) {
    if (model.fit.fit !== 'fits') continue;
    const known = best.get(model.kind);
    const better =
      !known ||
      (model.fit.tokensPerSecond === null ? model.parameters < known.parameters : model.parameters > known.parameters);
    if (better) best.set(model.kind, model);
  }
  return models
    .map((model) => ({ ...model, recommended: best.get(model.kind) === model }))
    .sort(
      (a, b) =>
        Number(b.recommended) - Number(a.recommended) ||
        ORDER[a.fit.fit] - ORDER[b.fit.fit] ||
        (a.fit.fit === 'fits' ? b.parameters - a.parameters : a.parameters - b.parameters),
    );
}
