import { describe, expect, it } from 'vitest';
import { cloudEntry } from '../../../test/support/model-entry.ts';
import { createVirtualTime, settle } from '../../../test/support/virtual-time.ts';
import { createMintId } from '../../base/ids.ts';
import type { Trace, UsageEntry } from '../../contract/entities/trace.ts';
import { FaultError } from '../../contract/faults.ts';
import type { Fault, FaultCode } from '../../contract/faults.ts';
import { limits } from '../../contract/policy.ts';
import type { ModelProvider } from '../../model/model.ts';
import { costUsd } from '../../model/pricing/pricing.ts';
import { createBudget } from '../../router/budget.ts';
import { createExecution, makeFault } from '../../router/index.ts';
import { createCalendar } from '../../router/budget-period.ts';
import { createEmbed } from './embed.ts';

const entry = cloudEntry('far/vectors');
const vectors = { ...entry, capabilities: { ...entry.capabilities, embeddings: true } };
/** Four letters a token: ten tokens. */
const TEXT = 'word '.repeat(8);
const LIMIT = 100e-6;

function setUp(
  embed: NonNullable<ModelProvider['embed']>,
  models = [vectors],
  usdPerDay: number | null = LIMIT,
  concurrency = 0,
) {
  const time = createVirtualTime();
  const saved: { trace: Trace; usages: readonly UsageEntry[] }[] = [];
  const budget = createBudget({
    clock: time.clock,
    calendar: createCalendar(() => 'UTC'),
    limits: () => ({ perTurnUsd: null, usdPerDay, usdPerMonth: null, providers: {} }),
    ledger: { sums: () => ({ costUsd: 0, byProvider: new Map(), byToken: new Map() }) },
  });
  const unused = () => Promise.reject(new Error('not asked here'));
  const provider = { generate: unused as never, countTokens: unused, embed };
  const made = createEmbed({
    models: { list: () => models, provider },
    budget,
    execution: createExecution({
      provider,
      clock: time.clock,
      timers: time.timers,
      random: () => 0.5,
      budget,
      costUsd,
      concurrencyOf: () => concurrency,
      onError(error) {
        throw error;
      },
    }),
    limits: () => limits.parse({}),
    mayCharge: (id) => id === 'far',
    costUsd,
    save: (trace, usages) => saved.push({ trace, usages }),
    clock: time.clock,
    timers: time.timers,
    mintId: createMintId(time.clock, (bytes) => bytes),
  });
  const faultOf = (request: Promise<unknown>) =>
    request.then(
      () => null,
      (error: unknown) => Reflect.get(Object(error), 'fault') as unknown,
    );
  return { embed: made, time, saved, budget, faultOf };
}

/** Never answers, and goes when it is told to. */
const silent: NonNullable<ModelProvider['embed']> = (_, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('stopped'));
    });
  });

describe('vectors of a provider', () => {
  it('are paid for by who leaves while they are made, and cost nothing before they are asked for', async () => {
    const { embed, time, saved, budget, faultOf } = setUp(silent);
    const early = new AbortController();
    const before = faultOf(embed({ texts: [TEXT], route: 'auto' }, early.signal));
    early.abort();
    expect(await before).toMatchObject({ code: 'cancelled' });
    expect(budget.leftUsd('far')).toBeCloseTo(LIMIT, 12);

    const late = new AbortController();
    const asked = faultOf(embed({ texts: [TEXT], route: 'auto' }, late.signal));
    await time.pass(10);
    late.abort();
    expect(await asked).toMatchObject({ code: 'cancelled' });
    await settle();
    expect(budget.leftUsd('far')).toBeCloseTo(LIMIT - (10 * 2.5) / 1e6, 12);
    expect(saved.map(({ usages }) => usages.map(({ tokensIn }) => tokensIn))).toEqual([[], [10]]);
    expect(saved.at(-1)?.trace.costUsd).toBeCloseTo((10 * 2.5) / 1e6, 12);
  });

  it('are not asked for at a price that nobody knows while a budget is to hold', async () => {
    const { embed, faultOf } = setUp(silent, [{ ...vectors, price: null }]);
    const fault = await faultOf(embed({ texts: [TEXT], route: 'auto' }, new AbortController().signal));
    expect(fault).toMatchObject({ code: 'budget', detail: expect.stringContaining('price is not known') });
  });

  it('that were made are paid for though another part of the request fails', async () => {
    const usage = { tokensIn: 30, tokensCached: 0, tokensOut: 0 };
    const half: typeof silent = ({ texts }) =>
      texts.includes('bad')
        ? Promise.reject(new FaultError(makeFault('invalid_request')))
        : Promise.resolve({ vectors: texts.map(() => [1]), usage });
    const { embed, time, saved, budget, faultOf } = setUp(half, [vectors], 1);
    const texts = [...Array.from({ length: 64 }, () => 'a'), 'bad'];
    const asked = faultOf(embed({ texts, route: 'auto' }, new AbortController().signal));
    await time.pass(10);
    expect(await asked).toMatchObject({ code: 'invalid_request' });
    expect(saved.at(-1)?.usages.map(({ tokensIn }) => tokensIn)).toEqual([30]);
    expect(saved.at(-1)?.trace.costUsd).toBeCloseTo((30 * 2.5) / 1e6, 12);
    expect(budget.leftUsd('far')).toBeCloseTo(1 - (30 * 2.5) / 1e6, 12);
  });

  it('are waited for a minute and no longer, and paid for, since they were asked for', async () => {
    const { embed, time, saved, faultOf } = setUp(silent);
    const asked = faultOf(embed({ texts: [TEXT], route: 'auto' }, new AbortController().signal));
    await time.pass(59_000);
    expect(saved).toEqual([]);
    await time.pass(2000);
    expect(await asked).toMatchObject({ code: 'timeout', provider: 'far' });
    expect(saved.map(({ usages }) => usages.map(({ tokensIn }) => tokensIn))).toEqual([[10]]);
  });

  it('are not asked for once for each of those who asked together when the provider is at its limit', async () => {
    let calls = 0;
    const { embed, time, faultOf } = setUp(() => {
      calls++;
      return Promise.reject(new FaultError({ ...makeFault('rate_limit'), retryAfterMs: 60_000 }));
    });
    const all = ['one', 'two', 'three'].map((text) =>
      faultOf(embed({ texts: [text], route: 'auto' }, new AbortController().signal)),
    );
    await time.pass(10);
    expect(await Promise.all(all)).toMatchObject([
      { code: 'rate_limit' },
      { code: 'rate_limit' },
      { code: 'rate_limit' },
    ]);
    expect(calls).toBe(1);
  });

  it('are never made for more than the budget, however many leave', async () => {
    const { embed, time, budget, faultOf } = setUp(silent);
    const codes: unknown[] = [];
    for (let asked = 0; asked < 20; asked++) {
      const leave = new AbortController();
      const fault = faultOf(embed({ texts: [TEXT], route: 'auto' }, leave.signal));
      await time.pass(10);
      leave.abort();
      codes.push(Reflect.get(Object(await fault), 'code'));
    }
    expect(codes.slice(-15)).toEqual(Array.from({ length: 15 }, () => 'budget'));
    expect(budget.leftUsd('far')).toBeGreaterThanOrEqual(0);
  });

  it('are refused for private texts, and what would allow them is said', async () => {
    const refused = (models: (typeof vectors)[]) => {
      const { embed, faultOf } = setUp(silent, models);
      return faultOf(embed({ texts: [TEXT], route: 'auto', private: true }, new AbortController().signal));
    };
    expect(await refused([vectors])).toMatchObject({
      code: 'private_only',
      detail: expect.stringMatching(/trust its provider with private conversations/u) as string,
    });
    expect(await refused([])).toMatchObject({ code: 'no_candidate' });
  });
});

/** As many texts as parts of a large request, whose vectors say which they were. */
const textsOf = (parts: number): string[] => Array.from({ length: parts * 64 }, (_, at) => `text ${String(at)}`);
const answerTo = ({ texts }: Parameters<typeof silent>[0]) => ({
  vectors: texts.map((text) => [Number(text.slice(5))]),
  usage: { tokensIn: texts.length, tokensCached: 0, tokensOut: 0 },
});
const failing = (code: FaultCode, more: Partial<Fault> = {}) =>
  Promise.reject(new FaultError({ ...makeFault(code, undefined, 'far'), ...more }));

describe('a request for many vectors', () => {
  it('has no more calls under way than its provider takes at once, and keeps the order of its texts', async () => {
    let running = 0;
    let most = 0;
    let calls = 0;
    const { embed, time } = setUp(
      (request) => {
        most = Math.max(most, ++running);
        // Later calls are answered sooner.
        const ms = 2000 - 50 * calls++;
        return new Promise((resolve) => {
          time.timers.after(ms, () => {
            running--;
            resolve(answerTo(request));
          });
        });
      },
      [vectors],
      null,
      4,
    );
    const { vectors: found } = await time.until(
      embed({ texts: textsOf(32), route: 'auto' }, new AbortController().signal),
    );
    expect(most).toBe(4);
    expect(calls).toBe(32);
    expect(found.map(([first]) => first)).toEqual(Array.from({ length: 32 * 64 }, (_, at) => at));
  });

  it('costs what was asked for and nothing for parts that stood in line when its asker left', async () => {
    const { embed, time, saved, faultOf } = setUp(silent, [vectors], null, 1);
    const leave = new AbortController();
    const asked = faultOf(embed({ texts: Array.from({ length: 128 }, () => TEXT), route: 'auto' }, leave.signal));
    await time.pass(10);
    leave.abort();
    expect(await asked).toMatchObject({ code: 'cancelled' });
    expect(saved.at(-1)?.usages.map(({ tokensIn }) => tokensIn)).toEqual([640]);
  });

  it('waits as long as its provider says and goes on', async () => {
    const at: number[] = [];
    const { embed, time } = setUp(
      (request) => {
        at.push(time.clock.now());
        return at.length === 2 ? failing('rate_limit', { retryAfterMs: 2000 }) : Promise.resolve(answerTo(request));
      },
      [vectors],
      null,
      1,
    );
    const { vectors: found, tokensIn } = await time.until(
      embed({ texts: textsOf(3), route: 'auto' }, new AbortController().signal),
    );
    const [first = 0, second = 0, ...later] = at;
    expect(second).toBe(first);
    expect(later).toHaveLength(2);
    expect(Math.min(...later) - second).toBeGreaterThanOrEqual(2000);
    expect(Math.max(...later) - second).toBeLessThan(2200);
    expect(found.map(([value]) => value)).toEqual(Array.from({ length: 192 }, (_, place) => place));
    expect(tokensIn).toBe(192);
  });
});

describe('a call for vectors that fails', () => {
  it.each(['overloaded', 'server_error', 'network'] as const)('is made again after %s', async (code) => {
    let calls = 0;
    const { embed, time, saved } = setUp(
      (request) => (calls++ === 0 ? failing(code) : Promise.resolve(answerTo(request))),
      [vectors],
      null,
    );
    await time.until(embed({ texts: ['text 1'], route: 'auto' }, new AbortController().signal));
    expect(calls).toBe(2);
    expect(saved.at(-1)?.trace).toMatchObject({ status: 'ok', tokensIn: 1 });
    expect(JSON.stringify(saved.at(-1)?.trace.spans)).toContain(`"code":"${code}"`);
  });

  it.each(['invalid_request', 'auth', 'quota', 'not_found', 'context_length'] as const)(
    'is not made again after %s',
    async (code) => {
      let calls = 0;
      const { embed, time, faultOf } = setUp(
        () => {
          calls++;
          return failing(code);
        },
        [vectors],
        null,
      );
      const fault = await time.until(faultOf(embed({ texts: ['one'], route: 'auto' }, new AbortController().signal)));
      expect(fault).toMatchObject({ code });
      expect(calls).toBe(1);
    },
  );

  it('is not made again sooner than its provider says, when that is too long to wait', async () => {
    let calls = 0;
    const { embed, time, faultOf } = setUp(
      () => {
        calls++;
        return failing('rate_limit', { retryAfterMs: 30_000 });
      },
      [vectors],
      null,
    );
    const ask = () => time.until(faultOf(embed({ texts: ['one'], route: 'auto' }, new AbortController().signal)));
    expect(await ask()).toMatchObject({ code: 'rate_limit', retryAfterMs: 30_000 });
    expect(await ask()).toMatchObject({ code: 'rate_limit' });
    expect(calls).toBe(1);
  });

  const callsOf = async (requests: number, code: FaultCode, more: Partial<Fault> = {}): Promise<number> => {
    let calls = 0;
    const { embed, time, faultOf } = setUp(
      () => {
        calls++;
        return failing(code, more);
      },
      [vectors],
      null,
    );
    for (let asked = 0; asked < requests; asked++)
      await time.until(faultOf(embed({ texts: ['one'], route: 'auto' }, new AbortController().signal)));
    return calls;
  };

  it('draws on the budget of retries that all requests share', async () => {
    expect(await callsOf(10, 'rate_limit', { retryAfterMs: 100 })).toBe(10 + 3);
  });

  it('opens the breaker of its provider', async () => {
    expect(await callsOf(20, 'server_error')).toBe(5);
  });
});
