/** One pair of questions: how alike they are and whether the answer of one would have been wrong for the other. */
export interface Evidence {
  readonly similarity: number;
  readonly wrong: boolean;
}

/** One-sided 95 %. */
const Z = 1.645;

/** Upper confidence bound of a share (Wilson). 1 when nothing was seen. */
export function wilsonUpper(wrong: number, all: number): number {
  if (all === 0) return 1;
  const share = wrong / all;
  const z2 = Z * Z;
  const middle = share + z2 / (2 * all);
  const spread = Z * Math.sqrt((share * (1 - share)) / all + z2 / (4 * all * all));
  return Math.min(1, (middle + spread) / (1 + z2 / all));
}

/** What was measured above one similarity. */
export interface ThresholdRow {
  readonly threshold: number;
  readonly hits: number;
  readonly wrong: number;
  /** Most that the wrong share may well be. */
  readonly upper: number;
}

/** The measured table: for every similarity seen, the hits at or above it and how many were wrong. Highest first. */
export function thresholdTable(evidence: readonly Evidence[]): ThresholdRow[] {
  const sorted = [...evidence].sort((a, b) => b.similarity - a.similarity);
  const rows: ThresholdRow[] = [];
  let wrong = 0;
  for (const [i, { similarity, wrong: isWrong }] of sorted.entries()) {
    if (isWrong) wrong++;
    // Pairs that are equally alike are let in together or not at all.
    if (sorted[i + 1]?.similarity === similarity) continue;
    rows.push({ threshold: similarity, hits: i + 1, wrong, upper: wilsonUpper(wrong, i + 1) });
  }
  return rows;
}

/** The least similarity from which on wrong hits stay within the bound as far as was measured; null = not enough seen to say. */
export function leastThreshold(evidence: readonly Evidence[], maxWrongShare: number): number | null {
  let least: number | null = null;
  for (const { threshold, upper } of thresholdTable(evidence)) if (upper <= maxWrongShare) least = threshold;
  return least;
}
