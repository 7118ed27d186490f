/**
 * Histograms that can be added to each other: DDSketch (Masson, Rim, Lee: "DDSketch", PVLDB 12, 2019). A value falls into the
 * bucket ceil(log(value) / log(G)); a quantile read from them is off by at most 1% of the value, however many are merged.
 */
const G = 1.01 / 0.99;
const LN_G = Math.log(G);
/** Bucket 0 ends at 0.01, the last one at about 72 hours in ms: what lies beyond is counted in them. */
const FIRST = Math.ceil(Math.log(0.01) / LN_G);
const BUCKETS = 1200;

/** Counts by bucket; most have a few dozen of them. */
export type Counts = Map<number, number>;

export const newCounts = (): Counts => new Map();

const inOrder = (counts: Counts): [number, number][] => [...counts].sort(([a], [b]) => a - b);

export function count(counts: Counts, value: number, times = 1): void {
  const bucket = value <= 0 ? 0 : Math.ceil(Math.log(value) / LN_G) - FIRST;
  const at = Math.min(BUCKETS - 1, Math.max(0, bucket));
  counts.set(at, (counts.get(at) ?? 0) + times);
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
  for (const [bucket, times] of inOrder(counts)) {
    put(bucket - last);
    put(times);
    last = bucket;
  }
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
    counts.set(bucket, (counts.get(bucket) ?? 0) + times);
  }
}

/** The values below which these shares (0 to 1, ascending) of all lie; null each when there are none. */
export function quantiles(counts: Counts, shares: readonly number[]): (number | null)[] {
  let total = 0;
  for (const times of counts.values()) total += times;
  if (total === 0) return shares.map(() => null);
  const ordered = inOrder(counts);
  let next = 0;
  let below = 0;
  return shares.map((share) => {
    const rank = Math.max(1, Math.ceil(share * total));
    while (below < rank && next < ordered.length) below += ordered[next++]?.[1] ?? 0;
    return (2 * G ** ((ordered[next - 1]?.[0] ?? 0) + FIRST)) / (G + 1);
  });
}
