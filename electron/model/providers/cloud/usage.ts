import type { ModelUsage } from '../../model.ts';

export const NO_USAGE: ModelUsage = { tokensIn: 0, tokensCached: 0, tokensOut: 0 };

/** No model reads or writes so much for one answer: a higher count is a mistake, and would spend a budget at once. */
const MOST_TOKENS = 20_000_000;
/** A provider may say anything: only whole, not negative numbers count that can be true. */
const count = (value: unknown): number =>
  typeof value === 'number' && value > 0 && value <= MOST_TOKENS ? Math.floor(value) : 0;

/** Counts as providers give them; absent = it has no such count. */
export interface UsageCounts {
  /** Prompt tokens with the cached ones among them. */
  readonly tokensIn?: unknown;
  /** Prompt tokens that are counted beside `tokensIn`. */
  readonly more?: unknown;
  /** Prompt tokens without what the cache read and wrote. */
  readonly uncached?: unknown;
  readonly cached?: unknown;
  readonly cacheWrite?: unknown;
  /** All that was written, reasoning among it. */
  readonly tokensOut?: unknown;
  /** What was written without the reasoning. */
  readonly written?: unknown;
  readonly reasoning?: unknown;
}

/** Usage as we count it: `tokensIn` holds the cached part and what was written to the cache, `tokensOut` the reasoning. */
export function usageFrom(counts: UsageCounts): ModelUsage {
  const cached = count(counts.cached);
  const cacheWrite = count(counts.cacheWrite);
  const beside = counts.uncached === undefined ? 0 : count(counts.uncached) + cached + cacheWrite;
  const tokensIn = Math.max(count(counts.tokensIn) + count(counts.more), beside);
  const reasoning = count(counts.reasoning);
  const apart = counts.written === undefined ? 0 : count(counts.written) + reasoning;
  const tokensOut = Math.max(count(counts.tokensOut), apart);
  return {
    tokensIn,
    tokensCached: Math.min(cached, tokensIn),
    tokensOut,
    ...(cacheWrite > 0 ? { tokensCacheWrite: Math.min(cacheWrite, tokensIn) } : {}),
    ...(reasoning > 0 ? { tokensReasoning: Math.min(reasoning, Math.max(tokensOut, 0)) } : {}),
  };
}
