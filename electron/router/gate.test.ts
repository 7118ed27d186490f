import { describe, expect, it } from 'vitest';
import { executionKit, planOf } from '../../test/support/execution-kit.ts';
import { cloudEntry, localEntry } from '../../test/support/model-entry.ts';
import { saying } from '../../test/support/scripted-provider.ts';
import { createVirtualTime } from '../../test/support/virtual-time.ts';
import { createBreakers, CLOUD_LOSSES_TO_OPEN, OPEN_MS } from './breaker.ts';
import type { ExecutionDeps } from './execution.ts';
import { makeFault } from './fault-table.ts';
import { createOffline, LOOK_AGAIN_MS } from './offline.ts';
import { createPace } from './pace.ts';

const big = cloudEntry('acme/big');
const other = cloudEntry('other/fast');
const local = localEntry('local/m');
const never = new AbortController().signal;

/** Time whose wall clock can be set. */
function settable() {
  const { clock, timers, pass } = createVirtualTime();
  let byMs = 0;
  const set = (ms: number) => void (byMs += ms);
  return { clock: { now: () => clock.now() + byMs, monotonicMs: () => clock.monotonicMs() }, timers, pass, set };
}

describe('who is let through to a model', () => {
  it('is nobody who stood in line when the provider said to wait', async () => {
    const kit = executionKit(
      (id) =>
        id === big.id ? [{ wait: 10 }, { fault: 'rate_limit', more: { retryAfterMs: 60_000 } }] : saying('from here'),
      { concurrencyOf: () => 1 },
    );
    const all = await kit.time.until(Promise.all(Array.from({ length: 20 }, () => kit.start(planOf([big, local])))));
    expect(kit.called().filter((id) => id === big.id)).toHaveLength(1);
    expect(all.map(({ text }) => text)).toEqual(all.map(() => 'from here'));
    expect(all[19]?.outcome.degradedReason).toMatch(/^acme\/big could not be asked\./);
  });

  it('is everybody who waited for a place, once the time that was named is over', async () => {
    const kit = executionKit(
      (_id, nth) => (nth === 0 ? [{ wait: 10 }, { fault: 'rate_limit', more: { retryAfterMs: 1000 } }] : saying('now')),
      { concurrencyOf: () => 1 },
    );
    const all = await kit.time.until(Promise.all(Array.from({ length: 5 }, () => kit.start(planOf([big])))));
    expect(all.map(({ text }) => text)).toEqual(all.map(() => 'now'));
    expect(kit.called()).toHaveLength(6);
  });

  it('is nobody outside once the time of the whole reply is over, and nobody is blamed for that', async () => {
    const kit = executionKit((id) => (id === local.id ? saying('from here') : [{ hang: true }]));
    const plan = planOf([big, other, local], { totalMs: 1000 });
    for (let asked = 0; asked < CLOUD_LOSSES_TO_OPEN; asked++) {
      const { text, outcome } = await kit.run(plan);
      expect(text).toBe('from here');
      expect(outcome.degradedReason).toMatch(/^acme\/big failed\./);
    }
    expect(kit.called()).not.toContain(other.id);
    expect(kit.execution.breakers.breakerOf(big.id).state).toBe('open');
    expect(kit.execution.breakers.breakerOf(other.id).state).toBe('closed');
  });
});

describe('what a call took', () => {
  const ask = (budget: ExecutionDeps['budget']) =>
    executionKit(() => saying('Hello'), { budget, concurrencyOf: () => 1, costUsd: () => 1 });

  it('is given back when the ledger cannot be read before it', async () => {
    const kit = ask({
      leftUsd: () => Infinity,
      reserve() {
        throw new Error('the ledger is broken');
      },
    });
    await expect(kit.run(planOf([big]))).rejects.toThrow('the ledger is broken');
    await expect(kit.execution.pace.enter(big.provider, 0, never)).resolves.not.toBeNull();
  });

  it('is given back when the ledger cannot be written after it', async () => {
    const settle = () => {
      throw new Error('the ledger is broken');
    };
    const kit = ask({
      leftUsd: () => Infinity,
      reserve: () => ({ ok: true, hold: { settle, release: () => undefined } }),
    });
    await expect(kit.run(planOf([big]))).rejects.toThrow('the ledger is broken');
    await expect(kit.execution.pace.enter(big.provider, 0, never)).resolves.not.toBeNull();
  });
});

describe('a clock that is set back', () => {
  it('keeps no breaker open for longer', async () => {
    const { clock, pass, set } = settable();
    const breakers = createBreakers(clock);
    for (let lost = 0; lost < CLOUD_LOSSES_TO_OPEN; lost++) {
      const entered = breakers.enter(big);
      if (!('code' in entered)) entered.lost(makeFault('server_error'));
    }
    set(-3_600_000);
    expect(breakers.breakerOf(big.id)).toMatchObject({ state: 'open', until: clock.now() + OPEN_MS });
    expect(breakers.enter(big)).toMatchObject({ code: 'server_error', retryAfterMs: OPEN_MS });
    await pass(OPEN_MS);
    expect(breakers.breakerOf(big.id).state).toBe('half-open');
    expect(breakers.enter(big)).toMatchObject({ probe: true });
    expect(breakers.enter(big)).toMatchObject({ code: 'server_error' });
  });

  it('lengthens no wait that a provider asked for', async () => {
    const { clock, timers, pass, set } = settable();
    const pace = createPace({ clock, timers });
    pace.limited(big, 2000);
    set(-3_600_000);
    expect(pace.until(big.id)).toBe(clock.now() + 2000);
    await pass(2000);
    expect(pace.until(big.id)).toBeNull();
    expect(pace.providerUntil(big.provider)).toBeNull();
  });

  it('keeps nobody offline for longer', async () => {
    const { clock, timers, pass, set } = settable();
    const offline = createOffline({
      clock,
      timers,
      systemOnline: () => null,
      reachableOffline: () => false,
      onError(error) {
        throw error;
      },
    });
    offline.failed('acme', { ...makeFault('network'), networkCode: 'ENETUNREACH' });
    set(-3_600_000);
    expect(offline.online()).toBe(false);
    await pass(LOOK_AGAIN_MS);
    expect(offline.enter('acme')).toBeNull();
    offline.dispose();
  });
});
