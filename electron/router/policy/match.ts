import type { ModelEntry } from '../../contract/entities/model.ts';

/** Whether a pattern of a policy, `provider/model` or `provider/*`, means this model. */
export function matchesPattern(pattern: string, model: Pick<ModelEntry, 'id' | 'provider'>): boolean {
  if (pattern.endsWith('/*')) return pattern.length === model.provider.length + 2 && pattern.startsWith(model.provider);
  return pattern === model.id;
}

/** Place of the first pattern that means this model; null = none does. */
export function placeIn(patterns: readonly string[], model: Pick<ModelEntry, 'id' | 'provider'>): number | null {
  const place = patterns.findIndex((pattern) => matchesPattern(pattern, model));
  return place < 0 ? null : place;
}
