import type { Price, PriceTier } from '../../contract/providers.ts';
import type { ModelUsage } from '../model.ts';

const PER_MILLION = 1e6;
const count = (value: number | undefined): number =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : 0;

/** What a prompt of this length is charged at, and its answer: longer ones may be dearer as a whole. */
export const priceAt = (price: Price, tokensIn: number): Omit<PriceTier, 'aboveTokensIn'> =>
  price.tiers?.findLast(({ aboveTokensIn }) => tokensIn > aboveTokensIn) ?? price;

/**
 * What an answer cost, in USD. Tokens read from a provider's cache and written to it have prices of their own; reasoning is part
 * of what was written. No price = nothing is known, which costs 0 here and says so elsewhere.
 */
export function costUsd(usage: ModelUsage, price: Price | null): number {
  if (!price) return 0;
  const tokensIn = count(usage.tokensIn);
  const cached = Math.min(count(usage.tokensCached), tokensIn);
  const written = Math.min(count(usage.tokensCacheWrite), tokensIn - cached);
  const plain = tokensIn - cached - written;
  const at = priceAt(price, tokensIn);
  return (
    (plain * at.usdPerMTokIn +
      cached * at.usdPerMTokCachedIn +
      written * at.usdPerMTokCacheWrite +
      count(usage.tokensOut) * at.usdPerMTokOut) /
    PER_MILLION
  );
}
