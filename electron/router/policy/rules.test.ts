import { describe, expect, it } from 'vitest';
import { plainFeatures, policyFrom } from '../../../test/support/routing.ts';
import type { Features } from '../features/features.ts';
import { applyRules, mentions } from './rules.ts';

const matched = (when: string, more: Partial<Features>, onBattery = false): boolean =>
  applyRules(policyFrom(`rules: [{name: R, when: ${when}, then: {}}]`).policy, plainFeatures(more), onBattery).rules
    .length > 0;

describe('rules of a policy', () => {
  it('match when every field of theirs holds', () => {
    expect(matched('{}', {})).toBe(true);
    expect(matched('{code: true, languages: [de, fr]}', { code: true, languages: ['fr'] })).toBe(true);
    expect(matched('{code: true, languages: [de]}', { code: true, languages: ['fr'] })).toBe(false);
    expect(matched('{code: false}', { code: true })).toBe(false);
    expect(matched('{minDifficulty: 0.5, maxDifficulty: 0.8}', { difficulty: 0.9 })).toBe(false);
    expect(matched('{minDifficulty: 0.5, maxDifficulty: 0.8}', { difficulty: 0.5 })).toBe(true);
    expect(matched('{minMessageTokens: 20}', { messageTokens: 19 })).toBe(false);
    expect(matched('{minHistoryTokens: 20}', { historyTokens: 20 })).toBe(true);
    expect(matched('{onBattery: true}', {}, true)).toBe(true);
    expect(matched('{onBattery: true}', {}, false)).toBe(false);
    expect(matched('{source: [api]}', { source: 'app' })).toBe(false);
    expect(
      matched('{images: true, tools: true, schema: true, private: true, math: true}', {
        images: 2,
        tools: true,
        schema: true,
        private: true,
        math: true,
      }),
    ).toBe(true);
    expect(matched('{images: true}', { images: 0 })).toBe(false);
  });

  it('look for whole words and phrases, whatever their case, and for any place in scripts without spaces', () => {
    expect(mentions('please see our vat number', 'VAT')).toBe(true);
    expect(mentions('the private cat', 'vat')).toBe(false);
    expect(mentions('an innovation, then', 'innovation')).toBe(true);
    expect(mentions('c++ is fine', 'c++')).toBe(true);
    expect(mentions('unsere steuererklärung', 'erklärung')).toBe(false);
    expect(mentions('请帮我报税', '报税')).toBe(true);
    expect(mentions('anything', ' ')).toBe(false);
  });

  it('end at the first that matches, unless it says to go on, and only ever narrow', () => {
    const { policy } = policyFrom(
      [
        'constraints: {minQuality: 0.5, only: [acme/*]}',
        'rules:',
        '  - {name: A, then: {never: [acme/old], minQuality: 0.2, stop: false}}',
        '  - {name: B, when: {code: true}, then: {prefer: [acme/code]}}',
        '  - {name: C, then: {kinds: [local]}}',
      ].join('\n'),
    );
    const coding = applyRules(policy, plainFeatures({ code: true }), false);
    expect(coding).toMatchObject({ rules: ['A', 'B'], prefer: ['acme/code'], minQuality: 0.5 });
    expect(coding.kinds).toHaveLength(1);
    expect(coding.only.map(({ patterns }) => patterns)).toEqual([['acme/*']]);
    expect(applyRules(policy, plainFeatures(), false)).toMatchObject({ rules: ['A', 'C'] });
  });
});
