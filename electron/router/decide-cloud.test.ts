import { describe, expect, it } from 'vitest';
import { cloudEntry, localEntry } from '../../test/support/model-entry.ts';
import { builtIn, health as machine, plainFeatures, policyFrom } from '../../test/support/routing.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import { STARTER_MODEL_ID } from '../contract/names.ts';
import { decide } from './decide.ts';
import type { Features, Health } from './decide.ts';

const priced = (usdPerMTokIn: number, usdPerMTokOut: number): ModelEntry['price'] => ({
  usdPerMTokIn,
  usdPerMTokCachedIn: usdPerMTokIn,
  usdPerMTokCacheWrite: usdPerMTokIn,
  usdPerMTokOut,
  source: 'config',
  asOf: null,
});
const tools = { ...cloudEntry('x/y').capabilities };
const starter = localEntry(STARTER_MODEL_ID, {
  embedded: true,
  parameters: 7.6e6,
  sizeBytes: 8e6,
  contextTokens: 1024,
});
const local = localEntry('local/mid', { parameters: 7e9, sizeBytes: 4 * 2 ** 30, contextTokens: 8192 });
const big = cloudEntry('acme/big', { quality: 0.92 });
const small = cloudEntry('acme/small', {
  quality: 0.6,
  price: priced(0.1, 0.4),
});
const other = cloudEntry('umbrella/huge', { quality: 0.9 });
const everyone = [starter, local, big, small, other];
const ids = (plan: ReturnType<typeof decide>) => plan.steps.map(({ model }) => model.id);
const go = (policy: string, more: Partial<Features> = {}, models = everyone, state: Partial<Health> = {}) =>
  decide(plainFeatures(more), models, machine(state), builtIn(policy));
const why = (plan: ReturnType<typeof decide>, id: string) =>
  plan.decision.candidates.find(({ modelId }) => modelId === id)?.rejected ?? null;

describe('where a request goes', () => {
  it('is said by the name a person gave the provider, by its id only when there is none', () => {
    const named = go('best-quality', {}, [cloudEntry('p-7f3a/big', { providerName: 'Acme EU' })]);
    expect(named.decision.reasons).toContain('The request goes to the provider “Acme EU”.');
    expect(go('best-quality', {}, [big]).decision.reasons).toContain('The request goes to the provider “acme”.');
  });
});

describe('the built-in policies', () => {
  it('local-first: a local model answers, however hard; providers come only behind the local ones', () => {
    expect(ids(go('local-first', { difficulty: 0.95 }))).toEqual([
      'local/mid',
      STARTER_MODEL_ID,
      'acme/big',
      'umbrella/huge',
      'acme/small',
    ]);
  });

  it('local-first: a provider answers what no local model can, and that is no degradation', () => {
    const plan = go('local-first', { tools: true });
    expect(plan.decision.chosen).toBe('acme/big');
    expect(plan.degradedReason).toBeNull();
    expect(why(plan, 'local/mid')).toMatch(/uses tools/);
    expect(go('local-first', { messageTokens: 20_000 }).decision.chosen).toMatch(/^(acme|umbrella)\//);
  });

  it('offline: nothing but models of this machine, not even the one a person named', () => {
    const plan = go('offline', { route: 'acme/big' });
    expect(ids(plan)).toEqual(['local/mid', STARTER_MODEL_ID]);
    expect(plan.degradedReason).toMatch(/acme\/big cannot answer now\. The policy lets only local models answer/);
    expect(go('offline', { tools: true }).refusal).toMatchObject({ code: 'no_candidate' });
  });

  it('balanced: the question’s difficulty decides between cheap and good', () => {
    expect(['local/mid', 'acme/small']).toContain(go('balanced', { difficulty: 0.1 }).decision.chosen);
    const hard = go('balanced', { difficulty: 0.85 });
    expect(['acme/big', 'umbrella/huge']).toContain(hard.decision.chosen);
    expect(hard.decision.reasons[0]).toMatch(/hard/);
    expect(hard.draft).toBeNull();
  });

  it('best-quality takes the best and cheapest what costs nothing', () => {
    expect(ids(go('best-quality')).slice(0, 2)).toEqual(['acme/big', 'umbrella/huge']);
    expect(go('cheapest').decision.chosen).toBe('local/mid');
    expect(go('cheapest', { tools: true }).decision.chosen).toBe('acme/small');
  });
});

describe('where money counts first', () => {
  const nano = cloudEntry('acme/nano', { quality: 0.5, price: priced(0.02, 0.05) });
  const mini = cloudEntry('acme/mini', { quality: 0.95, price: priced(0.06, 0.2) });
  const easyAndHard = [0.05, 0.4, 0.9];

  it('no quality makes up for a price: what is free comes first, and of two prices the lower', () => {
    for (const difficulty of easyAndHard) {
      expect(go('cheapest', { difficulty }, [mini, starter]).decision.chosen).toBe(STARTER_MODEL_ID);
      expect(go('cheapest', { difficulty }, [mini, nano]).decision.chosen).toBe('acme/nano');
    }
  });

  it('of equally cheap models the better one answers', () => {
    const better = localEntry('local/zz', { quality: 0.9 });
    const worse = localEntry('local/aa', { quality: 0.2 });
    expect(go('cheapest', {}, [worse, better]).decision.chosen).toBe('local/zz');
  });

  it('nobody pays because a heavy model of this machine rests on battery', () => {
    const heavy = localEntry('local/heavy', { parameters: 30e9, sizeBytes: 20 * 2 ** 30 });
    expect(go('cheapest', {}, [heavy, nano], { onBattery: true }).decision.chosen).toBe('local/heavy');
  });

  it('a conversation does not stay with a model that costs more than another', () => {
    const sticky = { modelId: 'acme/nano', untilMs: 2000 };
    expect(go('cheapest', { sticky }, [starter, nano]).decision.chosen).toBe(STARTER_MODEL_ID);
    const local = [localEntry('local/aa', { quality: 0.9 }), localEntry('local/zz', { quality: 0.2 })];
    expect(go('cheapest', { sticky: { ...sticky, modelId: 'local/zz' } }, local).decision.chosen).toBe('local/zz');
  });
});

describe('what may not answer, and why', () => {
  it('leaves out what cannot see, call or follow', () => {
    const blind = cloudEntry('acme/blind', { capabilities: { ...tools, vision: false, jsonSchema: false } });
    const models = [blind, big];
    expect(why(go('best-quality', { images: 1 }, models), 'acme/blind')).toMatch(/images/);
    expect(why(go('best-quality', { schema: true }, models), 'acme/blind')).toMatch(/schema/);
    expect(ids(go('best-quality', { schema: true }, models))).toEqual(['acme/big']);
  });

  it('passes over providers without a network, unless they are reached without one, and says so', () => {
    const models = [starter, big, other];
    const state = { online: false, reachableOffline: (id: string) => id === 'umbrella' };
    const plan = go('best-quality', {}, models, state);
    expect(ids(plan)).toEqual(['umbrella/huge', STARTER_MODEL_ID]);
    expect(plan.degradedReason).toMatch(/acme\/big cannot answer now\. There is no network/);
    expect(go('best-quality', {}, [big], { online: false }).refusal?.code).toBe('offline');
  });

  it('steps down to local models when the budget would be passed, and names the budget', () => {
    const budget = { budgetLeftUsd: () => 0.001, budgetWords: () => '$2.00 a day' };
    const plan = go('best-quality', {}, [starter, big], budget);
    expect(ids(plan)).toEqual([STARTER_MODEL_ID]);
    expect(plan.degradedReason).toMatch(/could cost \$0\.\d+, and \$0\.0010 of the budget is left \(\$2\.00 a day\)/);
    const refused = go('best-quality', {}, [big], budget).refusal;
    expect(refused?.code).toBe('budget');
    expect(refused?.detail).toMatch(/Raise the budget/);
  });

  it('asks nobody who may send a bill of an unknown size while a budget is to hold', () => {
    const unpriced = { ...big, price: null };
    const health = {
      budgetLeftUsd: () => 5,
      budgetWords: () => '$5.00 a day',
      mayCharge: (id: string) => id === 'acme',
    };
    const plan = go('best-quality', {}, [starter, unpriced], health);
    expect(ids(plan)).toEqual([STARTER_MODEL_ID]);
    expect(plan.decision.candidates.find(({ modelId }) => modelId === unpriced.id)?.rejected).toMatch(
      /price is not known, so no budget can hold it: enter its price/u,
    );
    expect(ids(go('best-quality', {}, [unpriced], { ...health, budgetLeftUsd: () => Infinity }))).toEqual([
      unpriced.id,
    ]);
    expect(ids(go('best-quality', {}, [unpriced], { ...health, mayCharge: () => false }))).toEqual([unpriced.id]);
  });

  it('keeps an answer as short as the money that is left allows, and says so, down to what is still of use', () => {
    // Big asks 10 dollars for a million tokens written.
    const left = (usd: number) =>
      go('best-quality', {}, [big], { budgetLeftUsd: () => usd, budgetWords: () => 'a day' });
    const plan = left(0.01);
    const [step] = plan.steps;
    expect(step?.shortened).toBe(true);
    expect(step?.maxTokens).toBeGreaterThan(900);
    expect(step?.maxTokens).toBeLessThan(1000);
    expect(step?.mostUsd).toBeLessThanOrEqual(0.01);
    expect(plan.decision.reasons).toContainEqual(expect.stringMatching(/at most: the budget leaves no more/u));
    expect(left(1).steps[0]).not.toHaveProperty('shortened');
    expect(left(0.0026).steps).toEqual([]);
    // Who asked for less than that floor gets it.
    const asked = go('best-quality', { maxTokens: 50 }, [big], { budgetLeftUsd: () => 0.0026, budgetWords: () => '' });
    expect(asked.steps[0]?.maxTokens).toBe(50);
  });

  it('keeps what one turn may cost within the policy', () => {
    const plan = decide(plainFeatures(), [big, small], machine(), policyFrom('constraints: {maxUsdPerTurn: 0.01}'));
    expect(ids(plan)).toEqual(['acme/small']);
    for (const { mostUsd } of plan.steps) expect(mostUsd).toBeLessThanOrEqual(0.01);
  });

  it('waits out a short pace and passes over a long one', () => {
    const paced = (ms: number) => ({ paceUntil: (id: string) => (id === 'acme/big' ? 1000 + ms : null) });
    expect(go('best-quality', {}, [big, other], paced(500)).decision.chosen).toBe('acme/big');
    const plan = go('best-quality', {}, [big, other], paced(30_000));
    expect(plan.decision.chosen).toBe('umbrella/huge');
    expect(plan.degradedReason).toMatch(/asked to wait 30 s/);
  });

  it('lets a half-open or expired breaker be tried and an open one not', () => {
    const at = (state: 'open' | 'half-open', until: number | null) => ({
      breakerOf: () => ({ state, until, because: 'auth' as const }),
    });
    expect(go('best-quality', {}, [big], at('half-open', 9000)).decision.chosen).toBe('acme/big');
    expect(go('best-quality', {}, [big], at('open', 500)).decision.chosen).toBe('acme/big');
    expect(go('best-quality', {}, [big], at('open', null)).refusal?.detail).toMatch(/key was refused/);
  });

  it('lets a heavy model rest on battery when another answers well enough, and only then', () => {
    const heavy = localEntry('local/heavy', { parameters: 30e9, sizeBytes: 20 * 2 ** 30 });
    const light = localEntry('local/light', { parameters: 3e9, sizeBytes: 2 * 2 ** 30 });
    const easy = go('local-first', { difficulty: 0.2 }, [heavy, light, big], { onBattery: true });
    expect(easy.decision.chosen).toBe('local/light');
    expect(easy.degradedReason).toMatch(/runs on battery/);
    expect(go('local-first', { difficulty: 0.2 }, [heavy, big], { onBattery: true }).decision.chosen).toBe(
      'local/heavy',
    );
    expect(go('local-first', { difficulty: 0.2 }, [heavy, starter], { onBattery: true }).decision.chosen).toBe(
      'local/heavy',
    );
  });

  it('loads nothing large while memory is short', () => {
    const plan = go('local-first', {}, [starter, local], { memoryPressure: true });
    expect(plan.decision.chosen).toBe(STARTER_MODEL_ID);
    expect(plan.degradedReason).toMatch(/Memory is short/);
  });

  it('refuses a private question with the lock first, and what would allow it', () => {
    const { refusal, steps } = go('best-quality', { private: true }, [big, other]);
    expect(steps).toEqual([]);
    expect(refusal).toMatchObject({ code: 'private_only' });
    expect(refusal?.detail).toMatch(/not private/);
    const trusted = cloudEntry('home/server', { trustedForPrivate: true });
    expect(ids(go('best-quality', { private: true }, [big, trusted]))).toEqual(['home/server']);
  });
});

describe('what counts in a score', () => {
  it('trusts a model less that failed often here, and one whose context would cut the history', () => {
    const observed = { firstTokenMs: 400, tokensPerSecond: 50, faultShare: 0.6, samples: 20 };
    expect(go('best-quality', {}, [{ ...big, observed }, other]).decision.chosen).toBe('umbrella/huge');
    expect(go('best-quality', {}, [{ ...big, observed: { ...observed, samples: 0 } }, other]).decision.chosen).toBe(
      'acme/big',
    );
    const narrow = { ...big, contextTokens: 4096 };
    expect(go('best-quality', { historyTokens: 60_000 }, [narrow, other]).decision.chosen).toBe('umbrella/huge');
    expect(go('best-quality', { historyTokens: 2_000 }, [narrow, other]).decision.chosen).toBe('acme/big');
  });

  it('holds a model of which nothing is stated to be no better than a good stated one', () => {
    const unknown = cloudEntry('new/model', { quality: null });
    const huge = localEntry('local/huge', { parameters: 400e9 });
    expect(go('best-quality', { difficulty: 0.8 }, [unknown, huge, big]).decision.chosen).toBe('acme/big');
  });

  it('lets only a model of some quality draft under balanced: the starter does not', () => {
    expect(go('balanced', { difficulty: 0.3 }, [starter, big]).draft).toBeNull();
    expect(go('balanced', { difficulty: 0.3 }, [starter, big]).decision.chosen).toBe('acme/big');
    const drafting = policyFrom('draft: {enabled: true}');
    expect(decide(plainFeatures(), [starter, big], machine(), drafting).draft).not.toBeNull();
  });

  it('lets no heavy model rest on battery for one that the ladder does not lead to', () => {
    const heavy = localEntry('local/heavy', { parameters: 30e9, sizeBytes: 20 * 2 ** 30 });
    const onlyHeavy = policyFrom('ladder: [{to: local/heavy}]');
    const plan = decide(plainFeatures(), [heavy, big], machine({ onBattery: true }), onlyHeavy);
    expect(ids(plan)).toEqual(['local/heavy']);
  });

  it('sends nothing to a provider only because the machine runs on battery', () => {
    const heavy = localEntry('local/heavy', { parameters: 30e9, sizeBytes: 20 * 2 ** 30 });
    expect(go('local-first', {}, [heavy, big, small], { onBattery: true }).decision.chosen).toBe('local/heavy');
  });
});

describe('the order of the steps', () => {
  it('begins with the model a person named, then falls as the ladder says', () => {
    const plan = go('balanced', { route: 'acme/small' });
    expect(plan.decision.chosen).toBe('acme/small');
    expect(plan.draft).toBeNull();
    expect(new Set(ids(plan)).size).toBe(plan.steps.length);
    const only = decide(
      plainFeatures({ route: 'acme/small' }),
      everyone,
      machine(),
      policyFrom('ladder: [{to: local}]'),
    );
    expect(ids(only)).toEqual(['acme/small', 'local/mid']);
  });

  it('says that the named model is passed over or gone', () => {
    expect(
      go('balanced', { route: 'acme/big', tools: false }, [big, small], {
        online: false,
        reachableOffline: () => false,
      }).refusal?.code,
    ).toBe('offline');
    expect(go('balanced', { route: 'acme/retired' }).degradedReason).toMatch(/“acme\/retired” is not listed any more/);
  });

  it('prefers what a rule prefers, in its order, and remembers the rule', () => {
    const text =
      'rules:\n  - name: Code to umbrella\n    when: {code: true}\n    then: {prefer: [umbrella/*, acme/small]}\n';
    const plan = decide(plainFeatures({ code: true }), everyone, machine(), policyFrom(text));
    expect(ids(plan).slice(0, 2)).toEqual(['umbrella/huge', 'acme/small']);
    expect(plan.decision.rules).toEqual(['Code to umbrella']);
    expect(plan.decision.reasons[0]).toMatch(/“Code to umbrella” prefers it/);
    expect(decide(plainFeatures(), everyone, machine(), policyFrom(text)).decision.rules).toEqual([]);
  });

  it('stays with the model of the last reply unless another is clearly better, or a rule prefers another', () => {
    const sticky = { modelId: 'umbrella/huge', untilMs: 2000 };
    expect(go('best-quality', { sticky }).decision.chosen).toBe('umbrella/huge');
    expect(go('best-quality', { sticky }).decision.reasons[0]).toMatch(/gave the last answer/);
    expect(go('best-quality', { sticky: { ...sticky, untilMs: 900 } }).decision.chosen).toBe('acme/big');
    expect(
      go('best-quality', { sticky: { modelId: 'acme/small', untilMs: 2000 }, difficulty: 0.9 }).decision.chosen,
    ).toBe('acme/big');
    expect(go('local-first', { sticky }).decision.chosen).toBe('local/mid');
  });

  it('goes on checking the drafts of the model that a conversation stays with', () => {
    const policy = policyFrom('draft: {enabled: true}\nobjective: {quality: 1}\n');
    const sticky = { modelId: 'local/mid', untilMs: 2000 };
    const mid = [{ ...local, quality: 0.85 }, big];
    const plan = decide(plainFeatures({ difficulty: 0.3, sticky }), mid, machine(), policy);
    expect(ids(plan)).toEqual(['local/mid', 'acme/big']);
    expect(plan.draft).not.toBeNull();
  });

  it('drafts with the local model first where the policy lets it, and not where that is the best anyway', () => {
    const policy = policyFrom('draft: {enabled: true, maxDifficulty: 0.5}\nobjective: {quality: 1}\n');
    const plan = decide(plainFeatures({ difficulty: 0.3 }), everyone, machine(), policy);
    expect(ids(plan).slice(0, 2)).toEqual(['local/mid', 'acme/big']);
    expect(plan.draft).toMatchObject({ enabled: true });
    expect(plan.decision.reasons[0]).toMatch(/draft.*acme\/big answers/);
    expect(decide(plainFeatures({ difficulty: 0.6 }), everyone, machine(), policy).draft).toBeNull();
    expect(decide(plainFeatures({ difficulty: 0.3 }), [starter, local], machine(), policy).draft).toBeNull();
    expect(decide(plainFeatures({ difficulty: 0.3, tools: true }), everyone, machine(), policy).draft).toBeNull();
  });

  it('carries for each step the faults that lead to it and the longest answer it may cost', () => {
    const policy = policyFrom(
      'objective: {quality: 1}\nladder: [{to: best}, {to: other-provider, after: [timeout]}, {to: local}]',
    );
    const { steps } = decide(plainFeatures({ maxTokens: 100 }), everyone, machine(), policy);
    expect(steps.map(({ model, after }) => [model.id, after])).toEqual([
      ['acme/big', null],
      ['umbrella/huge', ['timeout']],
      ['local/mid', null],
    ]);
    expect(steps[0]).toMatchObject({ maxTokens: 100 });
    expect(steps[2]).toMatchObject({ mostUsd: 0 });
  });
});

describe('what the ladder names', () => {
  const under = (ladder: string, models: readonly ModelEntry[]) =>
    ids(decide(plainFeatures(), models, machine(), policyFrom(`objective: {quality: 1}\nladder: ${ladder}`)));

  it('leaves dearer models out of “cheaper”, and takes “other-provider” at its word', () => {
    const mid = cloudEntry('acme/mid', { quality: 0.7, price: small.price });
    const dear = cloudEntry('acme/dear', { quality: 0.5 });
    expect(under('[{to: acme/mid}, {to: cheaper}]', [mid, small, dear, other])).toEqual(['acme/mid', 'acme/small']);
    expect(under('[{to: best}, {to: other-provider}]', [big, mid, other])).toEqual(['acme/big', 'umbrella/huge']);
    expect(under('[{to: best}, {to: other-provider}]', [big, mid])).toEqual(['acme/big']);
  });

  it('means by a pattern the provider of that whole name', () => {
    const longer = cloudEntry('acmeplus/x');
    expect(under('[{to: acmeplus/*}]', [big, longer])).toEqual(['acmeplus/x']);
    expect(under('[{to: acme/*}]', [big, longer])).toEqual(['acme/big']);
    expect(decide(plainFeatures(), [big], machine(), policyFrom('ladder: [{to: local}]')).refusal?.detail).toMatch(
      /ladder/,
    );
  });

  it('keeps a heavy model on battery that is loaded already', () => {
    const heavy = localEntry('local/heavy', { parameters: 30e9, sizeBytes: 20 * 2 ** 30, state: 'loaded' });
    const light = localEntry('local/light', { parameters: 3e9, sizeBytes: 2 * 2 ** 30 });
    expect(go('local-first', {}, [heavy, light], { onBattery: true }).decision.chosen).toBe('local/heavy');
  });

  it('counts prompt and longest answer into what a step may cost', () => {
    const most = (features: Partial<Features>) => go('best-quality', features, [big]).steps[0]?.mostUsd ?? 0;
    expect(most({ historyTokens: 100_000 }) - most({ historyTokens: 0 })).toBeGreaterThan(0.25);
    expect(most({ maxTokens: 2000, historyTokens: 0 })).toBeCloseTo(0.02, 3);
  });

  it('names the lock before the budget when both stand in the way', () => {
    const trusted = cloudEntry('home/server', { trustedForPrivate: true });
    const { refusal } = go('best-quality', { private: true }, [trusted, big], { budgetLeftUsd: () => 0 });
    expect(refusal?.code).toBe('private_only');
    expect(refusal?.detail).toMatch(/home\/server: One answer could cost/);
  });
});
