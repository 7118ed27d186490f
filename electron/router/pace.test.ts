import { describe, expect, it } from 'vitest';
import { createVirtualTime } from '../../test/support/virtual-time.ts';
import { createPace, UNSAID_PACE_MS } from './pace.ts';
import { createRetryBudget, FREE_EXTRAS } from './retry-budget.ts';

const model = { id: 'acme/big', provider: 'acme' };
const never = new AbortController().signal;

describe('the pace of a provider', () => {
  it('is what it asked for, else a second that doubles', () => {
    const { clock, timers } = createVirtualTime();
    const pace = createPace({ clock, timers });
    pace.limited(model, undefined);
    expect(pace.until(model.id)).toBe(clock.now() + UNSAID_PACE_MS);
    pace.limited(model, undefined);
    expect(pace.until(model.id)).toBe(clock.now() + 2 * UNSAID_PACE_MS);
    pace.limited(model, 9000);
    expect(pace.until(model.id)).toBe(clock.now() + 9000);
    expect(pace.until('acme/small')).toBeNull();
    pace.answered(model);
    expect(pace.until(model.id)).toBeNull();
  });

  it('halves how many are asked at once after a rate limit, and lets more in again as answers come', async () => {
    const { clock, timers } = createVirtualTime();
    const pace = createPace({ clock, timers });
    const places = await Promise.all(Array.from({ length: 8 }, () => pace.enter('acme', 0, never)));
    pace.limited(model, 10);
    for (const place of places) place?.();
    const again = await Promise.all(Array.from({ length: 8 }, () => pace.enter('acme', 0, never)));
    expect(again.filter((place) => place !== null)).toHaveLength(4);
    for (let round = 0; round < 5; round++) pace.answered(model);
    expect(await pace.enter('acme', 0, never)).not.toBeNull();
  });

  it('is forgotten with the key it belonged to, for all models of the provider and nobody else', async () => {
    const { clock, timers } = createVirtualTime();
    const pace = createPace({ clock, timers });
    const week = 7 * 24 * 3_600_000;
    for (const id of ['acme/big', 'acme/small']) pace.limited({ id, provider: 'acme' }, week);
    pace.limited({ id: 'other/big', provider: 'other' }, week);
    const first = await pace.enter('acme', 0, never);
    const second = pace.enter('acme', 1000, never);
    pace.keyChanged('acme');
    expect([pace.until('acme/big'), pace.until('acme/small'), pace.providerUntil('acme')]).toEqual([null, null, null]);
    expect(pace.until('other/big')).not.toBeNull();
    expect(first).not.toBeNull();
    expect(await second).not.toBeNull();
  });

  it('keeps to the concurrency of the settings and admits who waits in turn', async () => {
    const { clock, timers, pass } = createVirtualTime();
    const pace = createPace({ clock, timers, concurrencyOf: () => 1 });
    const first = await pace.enter('acme', 0, never);
    const order: string[] = [];
    const second = pace.enter('acme', 1000, never).then((place) => (order.push('second'), place));
    const third = pace.enter('acme', 100, never).then((place) => (order.push('third'), place));
    await pass(100);
    expect(await third).toBeNull();
    first?.();
    first?.();
    expect(await second).not.toBeNull();
    expect(await pace.enter('acme', 0, never)).toBeNull();
    expect(order).toEqual(['third', 'second']);
  });
});

describe('the budget of retries', () => {
  const make = () => {
    let now = 0;
    const budget = createRetryBudget({ monotonicMs: () => now });
    return { budget, pass: (ms: number) => void (now += ms) };
  };

  it('lets a quiet app retry a few times', () => {
    const { budget } = make();
    budget.request('acme');
    const taken = Array.from({ length: 5 }, () => budget.take('acme', 0.1));
    expect(taken.filter(Boolean)).toHaveLength(FREE_EXTRAS);
  });

  it('never lets more than a tenth through in an outage, at any pace', () => {
    for (const gapMs of [0, 500, 30_000, 120_000]) {
      const { budget, pass } = make();
      let extras = 0;
      for (let request = 0; request < 200; request++) {
        budget.request('acme');
        for (let retry = 0; retry < 2; retry++) if (budget.take('acme', 0.1)) extras++;
        pass(gapMs);
      }
      expect(extras).toBeLessThanOrEqual(20);
      expect(extras).toBeGreaterThan(0);
    }
  });

  it('bounds a busy provider that answers every other time', () => {
    const { budget, pass } = make();
    let extras = 0;
    for (let request = 0; request < 1000; request++) {
      budget.request('acme');
      if (request % 2) budget.answered('acme');
      else if (budget.take('acme', 0.1)) extras++;
      pass(50);
    }
    expect(extras).toBeLessThanOrEqual(100);
  });

  it('keeps providers apart, and a share of 0 means none', () => {
    const { budget } = make();
    for (let i = 0; i < 4; i++) budget.take('acme', 0.1);
    expect(budget.take('acme', 0.1)).toBe(false);
    expect(budget.take('other', 0.1)).toBe(true);
    expect(budget.take('third', 0)).toBe(false);
  });
});
