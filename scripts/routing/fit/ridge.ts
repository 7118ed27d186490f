/** Rows that are looked at around their own means: only differences inside a set count. */
export interface FitSet {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly weight: number;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Ridge regression on scaled features (by their spread in the first set), solved by Gaussian elimination. */
export function ridge(sets: readonly FitSet[], lambda: number): number[] {
  const size = sets[0]?.x[0]?.length ?? 0;
  const columns = Array.from({ length: size }, (_, at) => at);
  const first = sets[0]?.x ?? [];
  const spread = columns.map((at) => {
    const middle = mean(first.map((row) => row[at] ?? 0));
    return Math.sqrt(mean(first.map((row) => ((row[at] ?? 0) - middle) ** 2))) || 1;
  });
  const a = columns.map((i) => columns.map((j) => (i === j ? lambda : 0)).concat(0));
  for (const { x, y, weight } of sets) {
    const middles = columns.map((at) => mean(x.map((row) => row[at] ?? 0)));
    const middleY = mean(y);
    for (const [place, row] of x.entries()) {
      const z = columns.map((at) => ((row[at] ?? 0) - (middles[at] ?? 0)) / (spread[at] ?? 1));
      z.push((y[place] ?? 0) - middleY);
      for (const i of columns) {
        const target = a[i];
        if (target) for (const [j, value] of z.entries()) target[j] = (target[j] ?? 0) + weight * (z[i] ?? 0) * value;
      }
    }
  }
  for (const column of columns) {
    const pivot = a[column];
    const scale = pivot?.[column] ?? 0;
    if (!pivot || scale === 0) continue;
    for (const [row, other] of a.entries()) {
      if (row === column) continue;
      const factor = (other[column] ?? 0) / scale;
      for (let at = column; at <= size; at++) other[at] = (other[at] ?? 0) - factor * (pivot[at] ?? 0);
    }
  }
  return a.map((row, at) => (row[size] ?? 0) / (row[at] || 1) / (spread[at] ?? 1));
}

/**
 * Area under the performance gap recovered over the share of strong calls, RouteLLM's definition (arXiv:2406.18665, section 2),
 * over every prefix of the ranking; equal scores move together. 0.5 = by chance, above 1 is possible.
 */
export function apgr(strong: readonly number[], weak: readonly number[], score: readonly number[]): number {
  const n = score.length;
  const order = score.map((_, at) => at).toSorted((a, b) => (score[b] ?? 0) - (score[a] ?? 0));
  const gains = order.map((at) => (strong[at] ?? 0) - (weak[at] ?? 0));
  const whole = gains.reduce((sum, gain) => sum + gain, 0);
  let area = 0;
  let reached = 0;
  for (let from = 0; from < n;) {
    let to = from;
    let step = 0;
    while (to < n && score[order[to] ?? 0] === score[order[from] ?? 0]) step += gains[to++] ?? 0;
    area += ((reached + step / 2) * (to - from)) / n;
    reached += step;
    from = to;
  }
  return area / whole;
}
