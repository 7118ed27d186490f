import { describe, expect, it } from 'vitest';
import { cloudEntry, localEntry } from '../../test/support/model-entry.ts';
import type { FaultCode } from '../contract/faults.ts';
import { CLOUD_LOSSES_TO_OPEN, createBreakers, OPEN_MS, QUOTA_OPEN_MS } from './breaker.ts';
import type { Pass } from './breaker.ts';
import { makeFault } from './fault-table.ts';

function make() {
  let now = 1000;
  const breakers = createBreakers({ now: () => now, monotonicMs: () => now });
  const local = localEntry('local/m');
  const big = cloudEntry('acme/big');
  const small = cloudEntry('acme/small');
  const enter = (model: typeof local): Pass => {
    const pass = breakers.enter(model);
    if ('code' in pass) throw new Error(`not let through: ${pass.code}`);
    return pass;
  };
  const lose = (model: typeof local, code: FaultCode, more = {}) => {
    enter(model).lost({ ...makeFault(code), ...more });
  };
  return { breakers, local, big, small, enter, lose, now: () => now, pass: (ms: number) => void (now += ms) };
}

describe('the breaker of a model', () => {
  it('opens after three losses of a local model in a row', () => {
    const { breakers, local, lose, now } = make();
    lose(local, 'local_crash');
    lose(local, 'timeout');
    expect(breakers.breakerOf(local.id).state).toBe('closed');
    lose(local, 'local_crash');
    expect(breakers.breakerOf(local.id)).toEqual({ state: 'open', until: now() + OPEN_MS, because: 'local_crash' });
    expect(breakers.enter(local)).toMatchObject({ code: 'local_crash', retryAfterMs: OPEN_MS });
  });

  it('counts one lost engine once, however many answers it was making', () => {
    const { breakers, local, enter } = make();
    const loseAll = () => {
      const passes = Array.from({ length: 4 }, () => enter(local));
      for (const one of passes) one.lost(makeFault('local_crash'));
    };
    loseAll();
    loseAll();
    expect(breakers.breakerOf(local.id).state).toBe('closed');
    loseAll();
    expect(breakers.breakerOf(local.id).state).toBe('open');
  });

  it('counts each engine that was lost on answers that were waiting in line, by its incident', () => {
    const { breakers, local, enter } = make();
    const [first, second, third, fourth] = [enter(local), enter(local), enter(local), enter(local)];
    const lost = (incident: string) => ({ ...makeFault('local_crash'), incident });
    first.lost(lost('engine 1'));
    second.lost(lost('engine 2'));
    third.lost(lost('engine 2'));
    expect(breakers.breakerOf(local.id).state).toBe('closed');
    fourth.lost(lost('engine 3'));
    expect(breakers.breakerOf(local.id).state).toBe('open');
  });

  it('opens after five losses in the cloud, for the provider and all its models', () => {
    const { breakers, big, small, lose } = make();
    for (let i = 0; i < CLOUD_LOSSES_TO_OPEN; i++) lose(i % 2 ? big : small, 'overloaded');
    expect(breakers.breakerOf(big.id).state).toBe('open');
    expect(breakers.breakerOf(small.id).state).toBe('open');
    expect(breakers.breakerOf('other/big').state).toBe('closed');
  });

  it('opens after answers that broke off, and not after answers that reached their limit', () => {
    const { breakers, big, small, lose } = make();
    for (let i = 0; i < CLOUD_LOSSES_TO_OPEN; i++) lose(small, 'truncated');
    expect(breakers.breakerOf(small.id).state).toBe('closed');
    for (let i = 0; i < CLOUD_LOSSES_TO_OPEN; i++) lose(big, 'truncated', { origin: 'infrastructure' });
    expect(breakers.breakerOf(big.id)).toMatchObject({ state: 'open', because: 'truncated' });
  });

  it('stays open when the answer that tried it broke off', () => {
    const { breakers, big, lose, pass } = make();
    for (let i = 0; i < CLOUD_LOSSES_TO_OPEN; i++) lose(big, 'overloaded');
    pass(OPEN_MS);
    lose(big, 'truncated', { origin: 'infrastructure' });
    expect(breakers.breakerOf(big.id).state).toBe('open');
  });

  it('starts counting anew after an answer', () => {
    const { breakers, local, lose, enter } = make();
    lose(local, 'local_crash');
    lose(local, 'local_crash');
    enter(local).won();
    lose(local, 'local_crash');
    expect(breakers.breakerOf(local.id).state).toBe('closed');
  });

  it('counts when a stream ends, not while it runs', () => {
    const { breakers, local, enter } = make();
    const passes = [enter(local), enter(local), enter(local)];
    expect(breakers.breakerOf(local.id).state).toBe('closed');
    for (const pass of passes) pass.lost(makeFault('timeout'));
    expect(breakers.breakerOf(local.id).state).toBe('open');
  });

  it('lets exactly one through half-open, and closes when that one is answered', () => {
    const { breakers, big, lose, enter, pass } = make();
    for (let i = 0; i < CLOUD_LOSSES_TO_OPEN; i++) lose(big, 'server_error');
    pass(OPEN_MS);
    expect(breakers.breakerOf(big.id).state).toBe('half-open');
    const probe = enter(big);
    expect(probe.probe).toBe(true);
    expect(breakers.enter(big)).toMatchObject({ code: 'server_error' });
    expect(breakers.breakerOf(big.id).state).toBe('open');
    probe.won();
    expect(breakers.breakerOf(big.id).state).toBe('closed');
    expect(enter(big).probe).toBe(false);
  });

  it('opens for twice as long when the probe fails', () => {
    const { breakers, big, lose, pass, now } = make();
    for (let i = 0; i < CLOUD_LOSSES_TO_OPEN; i++) lose(big, 'server_error');
    pass(OPEN_MS);
    lose(big, 'server_error');
    expect(breakers.breakerOf(big.id)).toMatchObject({ state: 'open', until: now() + 2 * OPEN_MS });
  });

  it('lets the next one probe when the first was stopped', () => {
    const { big, lose, enter, pass } = make();
    for (let i = 0; i < CLOUD_LOSSES_TO_OPEN; i++) lose(big, 'server_error');
    pass(OPEN_MS);
    enter(big).drop();
    expect(enter(big).probe).toBe(true);
  });

  it('is not moved by what was under way when it opened', () => {
    const { breakers, big, enter, now } = make();
    const passes = Array.from({ length: 50 }, () => enter(big));
    for (const pass of passes) pass.lost(makeFault('overloaded'));
    expect(breakers.breakerOf(big.id)).toMatchObject({ state: 'open', until: now() + OPEN_MS });
  });

  it('does not count what is no loss of the model', () => {
    const { breakers, local, big, lose } = make();
    for (const code of [
      'cancelled',
      'context_length',
      'empty_output',
      'internal',
      'storage_full',
      'rate_limit',
      'offline',
    ] as const)
      for (let i = 0; i < 6; i++) {
        lose(local, code);
        lose(big, code);
      }
    expect(breakers.breakerOf(local.id).state).toBe('closed');
    expect(breakers.breakerOf(big.id).state).toBe('closed');
  });

  it('opens a provider whose key was refused until its key changes', () => {
    const { breakers, big, small, lose, pass } = make();
    lose(big, 'auth');
    pass(24 * 60 * 60_000);
    expect(breakers.breakerOf(small.id)).toEqual({ state: 'open', until: null, because: 'auth' });
    breakers.keyChanged('acme');
    expect(breakers.breakerOf(small.id).state).toBe('closed');
  });

  it('opens a provider out of credit until the reset it named, or for a quarter of an hour', () => {
    const { breakers, big, lose, pass, now } = make();
    lose(big, 'quota', { retryAfterMs: 3_600_000 });
    expect(breakers.breakerOf(big.id)).toMatchObject({ until: now() + 3_600_000, because: 'quota' });
    pass(3_600_000);
    lose(big, 'quota');
    expect(breakers.breakerOf(big.id)).toMatchObject({ until: now() + QUOTA_OPEN_MS });
  });

  it('leaves a retired model alone until the settings change, and only that one', () => {
    const { breakers, big, small, lose } = make();
    lose(big, 'not_found');
    expect(breakers.breakerOf(big.id)).toMatchObject({ state: 'open', until: null });
    expect(breakers.breakerOf(small.id).state).toBe('closed');
    breakers.configChanged();
    expect(breakers.breakerOf(big.id).state).toBe('closed');
  });

  it.each(['network', 'timeout'] as const)('is forgiven losses by %s when the network is back', (code) => {
    const { breakers, big, lose } = make();
    for (let i = 0; i < CLOUD_LOSSES_TO_OPEN; i++) lose(big, code);
    expect(breakers.breakerOf(big.id).state).toBe('open');
    breakers.networkBack();
    expect(breakers.breakerOf(big.id).state).toBe('closed');
  });

  it('is not forgiven failures of the provider when the network is back', () => {
    const { breakers, big, lose } = make();
    for (let i = 0; i < CLOUD_LOSSES_TO_OPEN; i++) lose(big, 'server_error');
    breakers.networkBack();
    expect(breakers.breakerOf(big.id).state).toBe('open');
  });
});
