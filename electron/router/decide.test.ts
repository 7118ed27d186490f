import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudEntry, localEntry as model } from '../../test/support/model-entry.ts';
import { builtIn, health as machine, plainFeatures } from '../../test/support/routing.ts';
import { STARTER_MODEL_ID } from '../contract/names.ts';
import { decide } from './decide.ts';

const starter = model(STARTER_MODEL_ID, { embedded: true, parameters: 7.6e6, sizeBytes: 8e6, contextTokens: 1024 });
const big = model('big', { parameters: 8e9, sizeBytes: 8 * 2 ** 30 });
const features = plainFeatures();
const health = machine();
const localFirst = builtIn('local-first');
const balanced = builtIn('balanced');
const ids = (plan: ReturnType<typeof decide>) => plan.steps.map((step) => step.model.id);

describe('choosing a model', () => {
  it('takes the most capable one that fits, and the starter as the next step', () => {
    const plan = decide(features, [starter, big], health, localFirst);
    expect(ids(plan)).toEqual(['big', STARTER_MODEL_ID]);
    expect(plan.degradedReason).toBeNull();
  });

  it('passes over a model that does not fit the free memory, and says so in gigabytes', () => {
    const plan = decide(features, [starter, big], { ...health, freeBytes: 2 * 2 ** 30 }, localFirst);
    expect(ids(plan)).toEqual([STARTER_MODEL_ID]);
    expect(plan.degradedReason).toMatch(
      /big cannot answer now\. It needs about 9\.\d GB of memory and 2\.0 GB is free/,
    );
  });

  it('does not count memory against the model that is loaded already', () => {
    const plan = decide(features, [starter, big], { ...health, freeBytes: 1, loadedModelId: 'big' }, localFirst);
    expect(plan.decision.chosen).toBe('big');
  });

  it('keeps a private conversation on this machine', () => {
    const cloud = cloudEntry('acme/x', { quality: 1 });
    const plan = decide({ ...features, private: true }, [starter, cloud], health, builtIn('best-quality'));
    expect(plan.decision.chosen).toBe(STARTER_MODEL_ID);
    expect(plan.decision.candidates[0]?.rejected).toMatch(/private/);
    expect(plan.degradedReason).toBeNull();
  });

  it('follows the choice of the person, even for the smaller model', () => {
    const plan = decide({ ...features, route: STARTER_MODEL_ID }, [starter, big], health, localFirst);
    expect(plan.decision.chosen).toBe(STARTER_MODEL_ID);
    expect(plan.decision.reasons[0]).toMatch(/chosen for this conversation/);
  });

  it('says of a request that has no conversation that it names its model', () => {
    const plan = decide({ ...features, source: 'api', route: STARTER_MODEL_ID }, [starter, big], health, localFirst);
    expect(plan.decision.reasons[0]).toBe('The request names it.');
  });

  it('leaves out a model whose context cannot hold the message', () => {
    const plan = decide({ ...features, messageTokens: 2000 }, [starter, big], health, localFirst);
    expect(ids(plan)).toEqual(['big']);
    expect(plan.decision.candidates.at(-1)?.rejected).toMatch(/its context holds 1024/);
  });

  it('leaves out a model whose breaker is open, and says when it is tried again', () => {
    const breakerOf = (id: string) => ({
      state: id === 'big' ? ('open' as const) : ('closed' as const),
      until: 6000,
      because: null,
    });
    const plan = decide(features, [starter, big], { ...health, breakerOf }, localFirst);
    expect(plan.decision.chosen).toBe(STARTER_MODEL_ID);
    expect(plan.degradedReason).toMatch(/tried again in 5 s/);
  });

  it('does not call it a degradation that an unusable kind of file lies about', () => {
    const odd = model('odd', { state: 'unsupported', problem: 'An embedding model cannot chat.', parameters: 1e12 });
    expect(decide(features, [starter, odd], health, localFirst).degradedReason).toBeNull();
  });

  it('gives the same plan for the same inputs in any order, and never chooses a rejected model', () => {
    const models = fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        parameters: fc.option(fc.integer({ min: 1, max: 1e9 })),
        state: fc.constantFrom('ready' as const, 'missing' as const, 'corrupt' as const, 'loaded' as const),
      }),
      { selector: ({ id }) => id, maxLength: 5 },
    );
    fc.assert(
      fc.property(models, fc.constantFrom('auto', 'local', 'a', 'gone'), (entries, route) => {
        const all = entries.map(({ id, ...more }) => model(id, more));
        const plan = decide({ ...features, route }, all, health, balanced);
        expect(decide({ ...features, route }, all.toReversed(), health, balanced)).toEqual(plan);
        const chosen = plan.decision.candidates.find(({ modelId }) => modelId === plan.decision.chosen);
        expect(chosen?.rejected ?? null).toBeNull();
        expect(plan.decision.chosen === null).toBe(
          all.every(({ state }) => state === 'missing' || state === 'corrupt'),
        );
        expect(plan.decision.reasons.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a refusal', () => {
  const [one, other] = [cloudEntry('acme/big'), cloudEntry('umbrella/huge')];
  const from = (models: readonly (typeof one)[], more: Parameters<typeof machine>[0], policy = 'best-quality') =>
    decide(features, models, machine(more), builtIn(policy)).refusal;
  const opened = (until: Readonly<Record<string, number | null>>) => ({
    breakerOf: (id: string) => ({ state: 'open' as const, until: until[id] ?? null, because: 'server_error' as const }),
  });

  it('says when the first of those in the way lets through again', () => {
    const { now } = health;
    const both = opened({ [one.id]: now + 20_500, [other.id]: now + 8000 });
    expect(from([one, other], both)).toMatchObject({ retryAfterMs: 8000 });
    expect(from([one], both)).toMatchObject({ retryAfterMs: 20_500 });
    expect(from([one], { paceUntil: () => now + 60_000 })).toMatchObject({ retryAfterMs: 60_000 });
  });

  it('names no time where only a person helps', () => {
    expect(from([one], opened({}))).not.toHaveProperty('retryAfterMs');
    expect(from([one], opened({ [one.id]: health.now + 8000 }), 'offline')).not.toHaveProperty('retryAfterMs');
  });
});
