import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudEntry, localEntry } from '../../test/support/model-entry.ts';
import { builtIn, health as machine, plainFeatures, policyFrom } from '../../test/support/routing.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import { BUILT_IN_POLICIES, STARTER_MODEL_ID } from '../contract/names.ts';
import { decide } from './decide.ts';

const tools = { ...cloudEntry('x/y').capabilities };
const ids = (plan: ReturnType<typeof decide>) => plan.steps.map(({ model }) => model.id);

const entry = fc
  .record({
    id: fc.constantFrom('local/a', 'local/b', 'acme/a', 'acme/b', 'home/a', STARTER_MODEL_ID),
    state: fc.constantFrom(
      'ready' as const,
      'loaded' as const,
      'missing' as const,
      'disabled' as const,
      'no-key' as const,
    ),
    quality: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    contextTokens: fc.constantFrom(256, 4096, 100_000),
    sizeBytes: fc.constantFrom(1e6, 2e9, 9e9, 2e11),
    able: fc.boolean(),
  })
  .map(({ id, able, sizeBytes, ...more }): ModelEntry => {
    const capabilities = { ...tools, tools: able, vision: able, jsonSchema: able };
    if (!id.startsWith('local/')) return cloudEntry(id, { ...more, capabilities, trustedForPrivate: id === 'home/a' });
    return localEntry(id, { ...more, sizeBytes, capabilities, embedded: id === STARTER_MODEL_ID });
  });
const entries = fc.uniqueArray(entry, { selector: ({ id }) => id, maxLength: 6 });
const asked = fc
  .record({
    route: fc.constantFrom('auto', 'local', 'acme/a', 'local/a', 'gone/x'),
    private: fc.boolean(),
    tools: fc.boolean(),
    schema: fc.boolean(),
    images: fc.constantFrom(0, 1),
    difficulty: fc.double({ min: 0, max: 1, noNaN: true }),
    messageTokens: fc.constantFrom(10, 1000, 50_000),
    sticky: fc.option(fc.constantFrom({ modelId: 'acme/a', untilMs: 5000 }, { modelId: 'local/b', untilMs: 5000 })),
  })
  .map((more) => plainFeatures({ ...more, historyTokens: more.messageTokens + 40 }));
const states = fc
  .record({
    online: fc.boolean(),
    onBattery: fc.boolean(),
    memoryPressure: fc.boolean(),
    left: fc.constantFrom(0, 0.01, Infinity),
    open: fc.option(fc.constantFrom('acme/a', 'local/a')),
  })
  .map(({ left, open, ...more }) =>
    machine({
      ...more,
      budgetLeftUsd: () => left,
      breakerOf: (id) => ({ state: id === open ? 'open' : 'closed', until: 9000, because: 'timeout' }),
    }),
  );
const policies = fc.constantFrom(
  ...BUILT_IN_POLICIES.map(builtIn),
  policyFrom('draft: {enabled: true, by: cheapest, maxDifficulty: 1}'),
  policyFrom('ladder: [{to: local}, {to: cheaper}, {to: other-provider}, {to: acme/*}]'),
  policyFrom('rules: [{name: R, then: {prefer: [acme/*], never: [local/b], draft: true}}]'),
);

describe('whatever is asked of whomever', () => {
  it('offers a request to nobody that was rejected, to nobody twice, and a private one to nobody untrusted', () => {
    fc.assert(
      fc.property(entries, asked, states, policies, (models, features, state, policy) => {
        const plan = decide(features, models, state, policy);
        const rejected = new Set(
          plan.decision.candidates.filter((one) => one.rejected !== null).map((one) => one.modelId),
        );
        expect(new Set(ids(plan)).size).toBe(plan.steps.length);
        for (const { model, mostUsd } of plan.steps) {
          expect(rejected.has(model.id)).toBe(false);
          if (features.private) expect(model.trustedForPrivate).toBe(true);
          if (features.tools) expect(model.capabilities.tools).toBe(true);
          if (features.route === 'local' || policy.name === 'offline') expect(model.kind).toBe('local');
          expect(mostUsd).toBeLessThanOrEqual(state.budgetLeftUsd(model.provider));
        }
        expect(plan.decision.chosen).toBe(plan.steps[0]?.model.id ?? null);
        expect(plan.refusal === null).toBe(plan.steps.length > 0);
        expect(plan.decision.candidates).toHaveLength(models.length);
        expect(plan.decision.reasons.join(' ')).not.toMatch(/undefined|NaN|null/);
        expect(plan.refusal?.detail ?? '').not.toMatch(/undefined|NaN|null/);
      }),
      { seed: 3, numRuns: 1500 },
    );
  });

  it('decides the same again, in any order of the candidates', () => {
    fc.assert(
      fc.property(entries, asked, states, policies, (models, features, state, policy) => {
        expect(decide(features, models.toReversed(), state, policy)).toEqual(decide(features, models, state, policy));
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('never refuses because there is one candidate more', () => {
    fc.assert(
      fc.property(entries, entry, asked, states, policies, (models, more, features, state, policy) => {
        if (models.some(({ id }) => id === more.id)) return;
        const before = decide(features, models, state, policy);
        if (before.steps.length > 0) expect(decide(features, [...models, more], state, policy).steps).not.toEqual([]);
      }),
      { seed: 5, numRuns: 1000 },
    );
  });

  it('does not change its choice for a candidate that cannot be used', () => {
    const unusable = fc.constantFrom(
      cloudEntry('zed/keyless', { state: 'no-key', quality: 1 }),
      localEntry('local/broken', { state: 'corrupt', quality: 1 }),
    );
    fc.assert(
      fc.property(entries, unusable, asked, states, policies, (models, more, features, state, policy) => {
        const before = decide(features, models, state, policy);
        expect(ids(decide(features, [more, ...models], state, policy))).toEqual(ids(before));
      }),
      { seed: 6, numRuns: 1000 },
    );
  });

  it('does not choose a model under “cheapest” because it became dearer', () => {
    const price = fc.double({ min: 0, max: 30, noNaN: true });
    const priced = (model: ModelEntry, usdPerMTokOut: number): ModelEntry =>
      model.kind === 'local' || !model.price ? model : { ...model, price: { ...model.price, usdPerMTokOut } };
    fc.assert(
      fc.property(
        entries,
        fc.array(price, { minLength: 6, maxLength: 6 }),
        price,
        asked,
        (models, prices, more, features) => {
          const before = models.map((model, at) => priced(model, prices[at] ?? 0));
          const chosen = decide(features, before, machine(), builtIn('cheapest')).decision.chosen;
          for (const [at, dearer] of before.entries()) {
            if (dearer.id === chosen || dearer.id === features.route) continue;
            const after = before.with(at, priced(dearer, (prices[at] ?? 0) + more));
            expect(decide(features, after, machine(), builtIn('cheapest')).decision.chosen).not.toBe(dearer.id);
          }
        },
      ),
      { seed: 7, numRuns: 500 },
    );
  });
});
