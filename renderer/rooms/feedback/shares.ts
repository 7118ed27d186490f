import type { Feedback } from '../../../electron/contract/entities/chat.ts';

/** Ratings of one model with one prompt version. */
export interface Share {
  readonly modelId: string | null;
  readonly modelName: string | null;
  readonly promptVersionId: string | null;
  readonly up: number;
  readonly down: number;
  /** Good answers among the rated, 0 to 1. */
  readonly good: number;
  /** Wilson 95% interval of `good`: few ratings say little, and this shows how little. */
  readonly low: number;
  readonly high: number;
}

/** Wilson score interval, z = 1.96 (Wilson 1927): stays within 0 to 1 and is honest for small counts. */
export const wilson = (up: number, total: number): { readonly low: number; readonly high: number } => {
  if (total === 0) return { low: 0, high: 1 };
  const z = 1.96;
  const p = up / total;
  const centre = p + (z * z) / (2 * total);
  const spread = z * Math.sqrt((p * (1 - p)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
};

/** Most rated first. */
export const sharesOf = (items: readonly Feedback[]): readonly Share[] => {
  const groups = new Map<string, { first: Feedback; up: number; down: number }>();
  for (const item of items) {
    const key = `${item.modelId ?? ''}\n${item.promptVersionId ?? ''}`;
    const group = groups.get(key) ?? { first: item, up: 0, down: 0 };
    group[item.rating] += 1;
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ first, up, down }) => ({
      modelId: first.modelId,
      modelName: first.modelName,
      promptVersionId: first.promptVersionId,
      up,
      down,
      good: up / (up + down),
      ...wilson(up, up + down),
    }))
    .sort((a, b) => b.up + b.down - (a.up + a.down) || b.good - a.good);
};
