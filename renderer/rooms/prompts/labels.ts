import type { Prompt, PromptVersion } from '../../../electron/contract/entities/prompt.ts';

/** The label conversations follow. */
export const PRODUCTION = 'production';

/** Labels that point at this version, production first. */
export const labelsOf = (prompt: Prompt, versionId: string): readonly string[] =>
  Object.entries(prompt.labels)
    .filter(([, id]) => id === versionId)
    .map(([label]) => label)
    .sort((a, b) => Number(b === PRODUCTION) - Number(a === PRODUCTION) || a.localeCompare(b));

/** The version a label points at now; undefined when it points nowhere. */
export const versionWith = (
  prompt: Prompt,
  versions: readonly PromptVersion[],
  label: string,
): PromptVersion | undefined => versions.find((version) => version.id === prompt.labels[label]);

/** Moving production to an older version is going back; everything else is going on. */
export const isRollback = (from: PromptVersion | undefined, to: PromptVersion): boolean =>
  from !== undefined && to.number < from.number;

/** A label is 1 to 40 characters without space around it; null when it is not. */
export const cleanLabel = (typed: string): string | null => {
  const label = typed.trim();
  return label.length >= 1 && label.length <= 40 ? label : null;
};
