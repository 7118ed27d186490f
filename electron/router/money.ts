/** Most that is ever counted with, in USD: the largest limit a person can set. */
const MOST_USD = 1_000_000;
const NANO = 1_000_000_000;

/** USD as whole billionths, rounded up: sums of them are exact, sums of fractions are not. Negative = 0. */
export const toNano = (usd: number): number => Math.max(0, Math.ceil(Math.min(usd, MOST_USD) * NANO - 1e-3));

export const fromNano = (nano: number): number => nano / NANO;

/** `$1.50`; small amounts keep the digits that matter: `$0.0042`. */
export function showUsd(usd: number): string {
  if (usd === 0 || usd >= 0.1) return `$${usd.toFixed(2)}`;
  if (usd < 0.000_001) return 'less than $0.000001';
  return `$${usd.toFixed(6).replace(/0{1,4}$/, '')}`;
}
