import { describe, expect, it } from 'vitest';
import type { Prompt, PromptVersion } from '../../../electron/contract/entities/prompt.ts';
import { cleanLabel, isRollback, labelsOf, versionWith } from './labels.ts';

const version = (number: number): PromptVersion => ({
  id: `v${String(number)}`,
  promptId: 'p',
  number,
  text: '',
  note: '',
  createdAt: 0,
  replyCount: 0,
  upCount: 0,
  downCount: 0,
});
const prompt: Prompt = {
  id: 'p',
  name: 'Plain',
  labels: { testing: 'v2', production: 'v2', old: 'v1' },
  latestVersionId: 'v3',
  versionCount: 3,
  createdAt: 0,
  updatedAt: 0,
};

describe('prompt labels', () => {
  it('of a version come with production first', () => {
    expect(labelsOf(prompt, 'v2')).toEqual(['production', 'testing']);
    expect(labelsOf(prompt, 'v3')).toEqual([]);
  });

  it('lead to their version, and nowhere when not set', () => {
    const versions = [version(1), version(2)];
    expect(versionWith(prompt, versions, 'production')?.number).toBe(2);
    expect(versionWith(prompt, versions, 'missing')).toBeUndefined();
  });

  it('are rolled back only when they move to an older version', () => {
    expect(isRollback(version(3), version(2))).toBe(true);
    expect(isRollback(version(2), version(3))).toBe(false);
    expect(isRollback(undefined, version(1))).toBe(false);
  });

  it('are refused when empty or longer than 40 characters', () => {
    expect(cleanLabel('  beta ')).toBe('beta');
    expect(cleanLabel('   ')).toBeNull();
    expect(cleanLabel('x'.repeat(41))).toBeNull();
  });
});
