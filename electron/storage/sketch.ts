/**
 * Histograms that can be added to each other: DDSketch (Masson, Rim, Lee: "DDSketch", PVLDB 12, 2019). A value falls into the
 * bucket ceil(log(value) / log(G)); a quantile read from them is off by at most 1% of the value, however many are merged.
 */
const G = 1.01 / 0.99;
const LN_G = Math.log(G);
/** Bucket 0 ends at 0.01, the last one at about 72 hours in ms: what lies beyond is counted in them. */
const FIRST = Math.ceil(Math.log(0.01) / LN_G);
const BUCKETS = 1200;

/** Counts by bucket. */
export type Counts = Float64Array;

export const newCounts = (): Counts => new Float64Array(BUCKETS);

export function count(counts: Counts, value: number, times = 1): void {
  const bucket = value <= 0 ? 0 : Math.ceil(Math.log(value) / LN_G) - FIRST;
  const at = Math.min(BUCKETS - 1, Math.max(0, bucket));
  counts[at] = (counts[at] ?? 0) + times;
}

/** Pairs of (steps to the next bucket that has any, its count), each as a LEB128 number. */
export function packCounts(counts: Counts): Uint8Array {
  const bytes: number[] = [];
  const put = (number: number): void => {
    let rest = number;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    bytes.push(rest);
  };
  let last = 0;
  counts.forEach((times, bucket) => {
    if (times === 0) return;
    put(bucket - last);
    put(times);
    last = bucket;
  });
  return Uint8Array.from(bytes);
}

/** Adds what was packed. Bytes that make no sense add nothing beyond the last bucket. */
export function addPacked(counts: Counts, packed: Uint8Array): void {
  let at = 0;
  const take = (): number => {
    let number = 0;
    for (let scale = 1; at < packed.length; scale *= 128) {
      const byte = packed[at++] ?? 0;
      number += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return number;
  };
  for (let bucket = 0; at < packed.length;) {
    bucket += take();
    const times = take();
    if (bucket >= BUCKETS) return;
    counts[bucket] = (counts[bucket] ?? 0) + times;
  }
}

/** The values below which these shares (0 to 1, ascending) of all lie; null each when there are none. */
export function quantiles(counts: Counts, shares: readonly number[]): (number | null)[] {
  let total = 0;
  for (const times of counts) total += times;
  if (total === 0) return shares.map(() => null);
  const found: number[] = [];
  let below = 0;
  let bucket = -1;
  for (const share of shares) {
    const rank = Math.max(1, Math.ceil(share * total));
    while (below < rank && bucket < BUCKETS - 1) below += counts[++bucket] ?? 0;
    found.push((2 * G ** (bucket + FIRST)) / (G + 1));
  }
  return found;
}

/** Share of all that is at most `value`; null when there are none. */
export function shareUpTo(counts: Counts, value: number): number | null {
  let total = 0;
  let below = 0;
  const last = value <= 0 ? 0 : Math.ceil(Math.log(value) / LN_G) - FIRST;
  counts.forEach((times, bucket) => {
    total += times;
    if (bucket <= last) below += times;
  });
  return total === 0 ? null : below / total;
}
