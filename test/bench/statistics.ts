/** Middle value; NaN of none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Value below which `share` (0 to 1) of the values lie, linear between neighbours (Hyndman and Fan, type 7). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

/**
 * Limits between which the true median lies with at least 95% certainty, whatever the values' distribution: order statistics by
 * the sign test. With fewer than six values no limits reach that: the lowest and the highest are given.
 */
export function medianRange(values: readonly number[]): { readonly low: number; readonly high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  let outside = 0;
  let chance = 0.5 ** count;
  let skip = 0;
  for (let below = 0; below < count / 2; below++) {
    outside += 2 * chance;
    if (outside > 0.05) break;
    skip = below;
    chance = (chance * (count - below)) / (below + 1);
  }
  return { low: sorted[skip] ?? NaN, high: sorted[count - 1 - skip] ?? NaN };
}
