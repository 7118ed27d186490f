import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeStore, makeTraceRow } from '../../test/flow/storage-kit.ts';

const HOUR_MS = 3_600_000;

describe('sums of the ledger', () => {
  it('are those of its entries, whatever the bounds and the time zone they come from', () => {
    const start = Date.UTC(2026, 4, 1);
    const entry = fc.record({
      at: fc.integer({ min: 0, max: 100 * HOUR_MS }),
      cents: fc.integer({ min: 0, max: 500 }),
      providerId: fc.constantFrom('openai', 'anthropic', 'local'),
      tokenName: fc.constantFrom('ci', 'me', null),
    });
    const bound = fc.oneof(
      fc.integer({ min: -HOUR_MS, max: 101 * HOUR_MS }),
      // Where a day begins in India, Lord Howe and UTC.
      fc.integer({ min: 0, max: 4 }).map((day) => day * 24 * HOUR_MS + 18.5 * HOUR_MS),
      fc.integer({ min: 0, max: 200 }).map((half) => half * 0.5 * HOUR_MS),
    );
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 60 }),
        fc.array(fc.tuple(bound, bound), { minLength: 1 }),
        (all, spans) => {
          const { store, mintId } = makeStore();
          const usages = all.map(({ at, cents, providerId, tokenName }) => ({
            id: mintId(),
            traceId: 't',
            at: start + at,
            modelId: `${providerId}/m`,
            tokensIn: cents,
            tokensCached: 0,
            tokensOut: 1,
            costUsd: cents / 100,
            savedUsd: cents / 200,
            providerId,
            tokenName,
          }));
          store.traces.save({ ...makeTraceRow(mintId()), decision: null, spans: [] }, usages);
          for (const [a, b] of spans) {
            const [since, until] = [start + Math.min(a, b), start + Math.max(a, b)];
            const here = usages.filter(({ at }) => at >= since && at < until);
            const usd = (of: (one: (typeof usages)[number]) => boolean) =>
              here.filter(of).reduce((sum, { costUsd }) => sum + costUsd, 0);
            const sums = store.usage.sums(since, until);
            expect(sums.entries).toBe(here.length);
            expect(sums.costUsd).toBeCloseTo(
              usd(() => true),
              9,
            );
            expect(sums.savedUsd).toBeCloseTo(usd(() => true) / 2, 9);
            for (const name of ['openai', 'anthropic', 'local'])
              expect(sums.byProvider.get(name) ?? 0).toBeCloseTo(
                usd(({ providerId }) => providerId === name),
                9,
              );
            const byModel = store.traces.usageSums(since, until);
            expect(byModel.map(({ modelId, entries, tokensIn }) => [modelId, entries, tokensIn]).toSorted()).toEqual(
              ['anthropic/m', 'local/m', 'openai/m'].flatMap((modelId) => {
                const own = here.filter((one) => one.modelId === modelId);
                return own.length === 0
                  ? []
                  : [[modelId, own.length, own.reduce((sum, { tokensIn }) => sum + tokensIn, 0)]];
              }),
            );
            expect(byModel.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(sums.costUsd, 9);
            expect(byModel.reduce((sum, { savedUsd }) => sum + savedUsd, 0)).toBeCloseTo(sums.savedUsd, 9);
            for (const name of ['ci', 'me'])
              expect(sums.byToken.get(name) ?? 0).toBeCloseTo(
                usd(({ tokenName }) => tokenName === name),
                9,
              );
          }
          for (const [a, b] of spans)
            for (const stepMs of [10 * 60_000, HOUR_MS, 3 * HOUR_MS, 24 * HOUR_MS]) {
              const whole = (at: number): number => at - (at % stepMs);
              const since = whole(start + Math.min(a, b));
              const until = whole(start + Math.max(a, b)) + stepMs;
              const here = usages.filter(({ at }) => at >= since && at < until);
              const found = store.traces.savings({ since: start + Math.min(a, b), until, stepMs });
              const cents = here.reduce((sum, { costUsd }) => sum + costUsd, 0);
              expect(found.costUsd).toBeCloseTo(cents, 9);
              expect(found.savedUsd).toBeCloseTo(cents / 2, 9);
              const steps = new Set(here.map(({ at }) => whole(at)));
              expect(found.points.map(({ at }) => at)).toEqual([...steps].sort((x, y) => x - y));
            }
          store.dispose();
        },
      ),
      { numRuns: 25, seed: 17 },
    );
  });

  it('add up all figures of entries of one hour and model', () => {
    const { store, mintId } = makeStore();
    const at = Date.UTC(2026, 4, 1, 12);
    const entry = { modelId: 'acme/big', providerId: 'acme', tokenName: null, traceId: 't' };
    const figures = { tokensIn: 3, tokensCached: 2, tokensOut: 5, costUsd: 0.5, savedUsd: 0.25 };
    const usages = [0, 1, 2].map((minute) => ({ ...entry, ...figures, id: mintId(), at: at + minute * 60_000 }));
    store.traces.save({ ...makeTraceRow(mintId()), decision: null, spans: [] }, usages);
    expect(store.traces.usageSums(at, at + HOUR_MS)).toEqual([
      {
        ...{ providerId: 'acme', modelId: 'acme/big', entries: 3 },
        ...{ tokensIn: 9, tokensCached: 6, tokensOut: 15, costUsd: 1.5, savedUsd: 0.75 },
      },
    ]);
  });

  it('are nothing for nothing and for bounds the wrong way round', () => {
    const { store } = makeStore();
    expect(store.usage.sums(5, 1)).toMatchObject({ entries: 0, costUsd: 0 });
  });
});
