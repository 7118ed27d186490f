import { describe, expect, it } from 'vitest';
import { ApiRefusal } from './errors.ts';
import { createLimits } from './limits.ts';

const grant = (more: object = {}) => ({
  name: 'ci',
  requestsPerMinute: null,
  concurrency: null,
  usdPerDay: null,
  ...more,
});

const refusal = (act: () => unknown): ApiRefusal['error'] | null => {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof ApiRefusal) return error.error;
    throw error;
  }
};

describe('limits of tokens', () => {
  it('say how far a rate is used, and nothing where there is none', () => {
    const limits = createLimits(() => 0);
    expect(limits.standing(grant())).toBeNull();
    const six = grant({ requestsPerMinute: 6 });
    limits.enter(six);
    limits.enter(six);
    expect(limits.standing(six)).toEqual({ limit: 6, remaining: 4, resetMs: 20_000 });
  });

  it('let so many in at once, and the next when one has ended', () => {
    const limits = createLimits(() => 0);
    const two = grant({ concurrency: 2 });
    const leave = limits.enter(two);
    limits.enter(two);
    expect(refusal(() => limits.enter(two))).toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
      headers: { 'retry-after': '1' },
    });
    expect(refusal(() => limits.enter(grant({ name: 'other', concurrency: 1 })))).toBeNull();
    leave();
    leave();
    limits.enter(two);
    expect(refusal(() => limits.enter(two))).not.toBeNull();
  });

  it('say when the next request of this token comes through, and hold no other token up', () => {
    let now = 0;
    const limits = createLimits(() => now);
    const few = grant({ requestsPerMinute: 2 });
    limits.enter(few);
    limits.enter(few);
    now = 500;
    expect(refusal(() => limits.enter(few))?.headers).toEqual({ 'retry-after': '30', 'retry-after-ms': '29500' });
    limits.enter(grant({ name: 'other', requestsPerMinute: 2 }));
    now = 30_000;
    limits.enter(few);
  });

  it('do not count a request that is turned away for being one too many at once', () => {
    const limits = createLimits(() => 0);
    const one = grant({ requestsPerMinute: 2, concurrency: 1 });
    const leave = limits.enter(one);
    for (let i = 0; i < 5; i++) expect(refusal(() => limits.enter(one))?.headers?.['retry-after']).toBe('1');
    leave();
    limits.enter(one);
  });

  it('follow the settings without a restart', () => {
    const limits = createLimits(() => 0);
    limits.enter(grant({ requestsPerMinute: 1 }));
    expect(refusal(() => limits.enter(grant({ requestsPerMinute: 1 })))).not.toBeNull();
    limits.enter(grant({ requestsPerMinute: 5 }));
    limits.enter(grant());
  });

  it('turn a flood of unknown tokens away more shortly', () => {
    const limits = createLimits(() => 0);
    for (let i = 0; i < 600; i++) limits.failed();
    expect(refusal(() => limits.failed())).toMatchObject({ status: 429 });
  });
});
