import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Price } from '../../contract/providers.ts';
import { costUsd } from './pricing.ts';

const price: Price = {
  usdPerMTokIn: 3,
  usdPerMTokCachedIn: 0.3,
  usdPerMTokCacheWrite: 3.75,
  usdPerMTokOut: 15,
  source: 'config',
  asOf: null,
};

describe('what an answer costs', () => {
  it('charges cached, written and plain prompt tokens each at their own price', () => {
    const usage = { tokensIn: 1_000_000, tokensCached: 400_000, tokensCacheWrite: 100_000, tokensOut: 10_000 };
    expect(costUsd(usage, price)).toBeCloseTo(0.5 * 3 + 0.4 * 0.3 + 0.1 * 3.75 + 0.01 * 15, 9);
  });

  it('is never negative, and never less for more, whatever a provider reports', () => {
    const tokens = fc.oneof(fc.integer({ min: -5, max: 1e9 }), fc.constantFrom(NaN, Infinity));
    fc.assert(
      fc.property(tokens, tokens, tokens, tokens, (tokensIn, tokensCached, tokensOut, tokensCacheWrite) => {
        const cost = costUsd({ tokensIn, tokensCached, tokensOut, tokensCacheWrite }, price);
        expect(cost).toBeGreaterThanOrEqual(0);
        const more = costUsd(
          { tokensIn, tokensCached, tokensOut: Math.max(0, tokensOut) + 1, tokensCacheWrite },
          price,
        );
        if (Number.isFinite(tokensOut)) expect(more).toBeGreaterThanOrEqual(cost);
      }),
    );
  });

  const tiered: Price = {
    ...price,
    tiers: [
      {
        aboveTokensIn: 200_000,
        usdPerMTokIn: 6,
        usdPerMTokCachedIn: 0.6,
        usdPerMTokCacheWrite: 7.5,
        usdPerMTokOut: 22.5,
      },
    ],
  };

  it('charges every token of a longer prompt at the price for such, and none of one that is just as long', () => {
    const usage = (tokensIn: number) => ({ tokensIn, tokensCached: 100_000, tokensOut: 1000 });
    expect(costUsd(usage(200_000), tiered)).toBeCloseTo(0.1 * 3 + 0.1 * 0.3 + 0.001 * 15, 9);
    expect(costUsd(usage(200_001), tiered)).toBeCloseTo(0.100001 * 6 + 0.1 * 0.6 + 0.001 * 22.5, 9);
  });

  it('costs nothing where no price is known', () => {
    expect(costUsd({ tokensIn: 10, tokensCached: 0, tokensOut: 10 }, null)).toBe(0);
  });
});
