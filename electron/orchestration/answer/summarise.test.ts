import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudEntry, localEntry } from '../../../test/support/model-entry.ts';
import { contextPlan } from '../../contract/policy.ts';
import type { ModelMessage } from '../../model/model.ts';
import { guessMessage } from './fit.ts';
import { messagesToSummarise, summarisers, summaryParts, summaryTokens, withSummary } from './summarise.ts';

const talk = (sizes: readonly number[]): ModelMessage[] =>
  sizes.map((size, at) => ({
    role: at % 2 === 0 ? ('user' as const) : ('assistant' as const),
    text: 'x'.repeat(size * 4),
  }));
const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0);

describe('what a summary stands for', () => {
  const sizes = fc
    .array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 })
    .filter((all) => all.length % 2 === 1);

  it('leaves the last question and what follows it, begins anew with a question, and leaves room for the summary', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 200, max: 8000 }), (all, budget) => {
        const history = talk(all);
        const guesses = history.map(guessMessage);
        const count = messagesToSummarise(history, guesses, 0, budget);
        expect(count).toBeLessThan(history.length);
        expect(history[count]?.role).toBe('user');
        const kept = sum(guesses.slice(count));
        if (count < history.length - 1) expect(kept + summaryTokens(budget)).toBeLessThanOrEqual(budget);
      }),
    );
  });

  it('stands in the system prompt, behind the words of the person', () => {
    const messages: ModelMessage[] = [{ role: 'system', text: 'Be kind.' }, ...talk([1, 1, 1])];
    const made = withSummary(messages, 2, 'They like tea.');
    expect(made).toHaveLength(2);
    expect(made[0]?.text).toMatch(/^Be kind\.\n\n.*\nThey like tea\.$/su);
    expect(withSummary(talk([1, 1, 1]), 2, 'S')[0]?.role).toBe('system');
  });

  it('is asked for in parts that fit, of which the newest are read', () => {
    const parts = summaryParts(talk(Array.from({ length: 41 }, () => 100)), 1000);
    expect(parts).toHaveLength(4);
    for (const lines of parts) expect(lines.join('').length / 4).toBeLessThan(1000);
  });
});

describe('who may summarise', () => {
  const plan = contextPlan.parse({});
  const here = localEntry('local/here', { quality: 0.6 });
  const far = cloudEntry('acme/big');
  const trusted = cloudEntry('team/big', { trustedForPrivate: true });

  it('is the model that answers, unless it is too small', () => {
    expect(summarisers(plan, far, [here, far], false)).toEqual([far]);
    expect(summarisers(plan, localEntry('local/tiny', { quality: 0.2 }), [here], false)).toEqual([]);
  });

  it('is somebody of this machine for private words, else somebody trusted, never anybody else', () => {
    const local = contextPlan.parse({ summaryBy: 'local' });
    expect(summarisers(local, trusted, [far, trusted, here], true)).toEqual([here]);
    expect(summarisers(plan, trusted, [], true)).toEqual([trusted]);
    expect(summarisers(contextPlan.parse({ summaryBy: 'acme/big' }), trusted, [far, here], true)).toEqual([]);
  });

  it('is nobody outside for what is answered here', () => {
    expect(summarisers(contextPlan.parse({ summaryBy: 'acme/*' }), here, [far, here], false)).toEqual([]);
  });
});

describe('what a policy says about long conversations', () => {
  it('keeps the one order there is', () => {
    expect(contextPlan.safeParse({ tooLong: ['summarise', 'trim'] }).success).toBe(true);
    expect(contextPlan.safeParse({ tooLong: ['trim', 'summarise'] }).success).toBe(false);
    expect(contextPlan.safeParse({ tooLong: ['trim', 'trim'] }).success).toBe(false);
  });
});
