import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executionKit, failing, planOf } from '../../test/support/execution-kit.ts';
import { cloudEntry, localEntry } from '../../test/support/model-entry.ts';
import { saying } from '../../test/support/scripted-provider.ts';
import type { Act } from '../../test/support/scripted-provider.ts';
import { FAULT_CODES } from '../contract/names.ts';
import { FAULT_TABLE } from './fault-table.ts';

const big = cloudEntry('acme/big');
const other = cloudEntry('other/fast');
const local = localEntry('local/m');

describe('executing a plan', () => {
  it('answers with the first model and counts what it cost', async () => {
    const kit = executionKit(() => saying('Hello'));
    const { outcome, text, heard } = await kit.run(planOf([big, local]));
    expect(text).toBe('Hello');
    expect(heard).toEqual(['model acme/big', 'Hello']);
    expect(outcome).toMatchObject({ degradedReason: null, end: { finish: 'stop', fault: null } });
    expect(outcome.attempts).toMatchObject([{ modelId: 'acme/big', role: 'answer', action: 'answered', fault: null }]);
    expect(outcome.costUsd).toBeCloseTo((10 * 2.5 + 10) / 1e6, 12);
    expect(kit.money).toMatchObject({ held: 1, settled: 1, released: 0, twice: 0 });
  });

  it('retries with full jitter, then falls back and says why', async () => {
    const kit = executionKit((id) => (id === big.id ? failing('overloaded') : saying('from here')));
    const before = kit.time.clock.now();
    const { outcome, text } = await kit.run(planOf([big, local]));
    expect(kit.called()).toEqual([big.id, big.id, big.id, local.id]);
    // Half of 250 and half of 500: the random number is 0.5.
    expect(kit.time.clock.now() - before).toBe(125 + 250);
    expect(text).toBe('from here');
    expect(outcome.degradedReason).toMatch(/^acme\/big failed\. The provider is overloaded/);
    expect(outcome.attempts.map(({ action }) => action)).toEqual(['retried', 'retried', 'fell back', 'answered']);
  });

  it.each([
    ['a target refuses the connection', 'ECONNREFUSED'],
    ['nobody answers where its proxy should be', 'ERR_PROXY_CONNECTION_FAILED'],
  ])('goes to the next step at once when %s', async (_, networkCode) => {
    const kit = executionKit((id) => (id === big.id ? failing('network', { networkCode }) : saying('here')));
    const before = kit.time.clock.now();
    await kit.run(planOf([big, local]));
    expect(kit.called()).toEqual([big.id, local.id]);
    expect(kit.time.clock.now()).toBe(before);
  });

  it('does not try again what its fault calls hopeless, whatever the table says of the code', async () => {
    const kit = executionKit((id) => (id === big.id ? failing('network', { recoverable: false }) : saying('here')));
    await kit.run(planOf([big, local]));
    expect(kit.called()).toEqual([big.id, local.id]);
  });

  it('draws retries on the budget of the provider, and none for the engine of this app', async () => {
    const far = executionKit((id) => (id === local.id ? saying('here') : failing('conflict')));
    for (let asked = 0; asked < 100; asked++) await far.run(planOf([big, local]));
    expect(far.called().filter((id) => id === big.id).length).toBeLessThanOrEqual(110);
    expect(far.called().filter((id) => id === big.id).length).toBeGreaterThan(100);
    const here = executionKit(() => failing('conflict'));
    for (let asked = 0; asked < 20; asked++) await here.run(planOf([local]));
    expect(here.called()).toHaveLength(40);
  });

  it('asks once more after a silence in the middle of what nobody has seen', async () => {
    const kit = executionKit((id, nth) =>
      id === big.id && nth === 0 ? [{ reason: 'hm' }, { hang: true }] : saying(id === big.id ? 'second' : 'here'),
    );
    const { text } = await kit.run(planOf([big, local]));
    expect(kit.called()).toEqual([big.id, big.id]);
    expect(text).toBe('second');
  });

  it('does not ask again when the time of the whole reply is over', async () => {
    const thinking: Act[] = Array.from({ length: 40 }, (): Act[] => [{ reason: 'hm' }, { wait: 20_000 }]).flat();
    const kit = executionKit((id) => (id === big.id ? thinking : saying('here')));
    const { outcome, text } = await kit.run(planOf([big, local]));
    expect(kit.called()).toEqual([big.id, local.id]);
    expect(outcome.attempts[0]).toMatchObject({ fault: { code: 'timeout' }, action: 'fell back' });
    expect(text).toBe('here');
  });

  it('waits as long as a rate limit says, when that is short', async () => {
    const kit = executionKit((_id, nth) => (nth === 0 ? failing('rate_limit', { retryAfterMs: 2000 }) : saying('now')));
    const before = kit.time.clock.now();
    const { outcome, text } = await kit.run(planOf([big, local]));
    expect(kit.called()).toEqual([big.id, big.id]);
    expect(kit.time.clock.now() - before).toBeGreaterThanOrEqual(2000);
    expect(text).toBe('now');
    expect(outcome.attempts[0]?.action).toBe('waited');
  });

  it('takes the next step instead of a long wait, and does not press the provider meanwhile', async () => {
    const kit = executionKit((id) =>
      id === big.id ? failing('rate_limit', { retryAfterMs: 60_000 }) : saying('here'),
    );
    await kit.run(planOf([big, local]));
    await kit.run(planOf([big, local]));
    expect(kit.called()).toEqual([big.id, local.id, local.id]);
    expect(kit.execution.pace.until(big.id)).not.toBeNull();
    expect(kit.execution.healthOf('acme').state).toBe('limited');
  });

  it('shortens what is too long and never asks it again as it was', async () => {
    const kit = executionKit((_id, nth) => (nth < 2 ? failing('context_length') : saying('short')));
    const { outcome } = await kit.run(planOf([big]));
    expect(kit.provider.calls.map(({ request }) => request.messages[0]?.text)).toEqual(['Hi 0', 'Hi 1', 'Hi 2']);
    expect(outcome.attempts.map(({ action }) => action)).toEqual(['trimmed', 'trimmed', 'answered']);
  });

  it('takes the next model when nothing is left to shorten', async () => {
    const kit = executionKit((id) => (id === local.id ? failing('context_length') : saying('large')));
    const { text } = await kit.run(planOf([local, big]), { mostTrims: 1 });
    expect(kit.called()).toEqual([local.id, local.id, big.id]);
    expect(text).toBe('large');
  });

  it('keeps visible text and replaces nothing when a model fails after it', async () => {
    const kit = executionKit(() => [{ say: 'half of ' }, { say: 'it' }, { fault: 'network' }]);
    const { outcome, text } = await kit.run(planOf([big, local]));
    expect(kit.called()).toEqual([big.id]);
    expect(text).toBe('half of it');
    expect(outcome.end.fault?.code).toBe('network');
    expect(outcome.attempts[0]?.action).toBe('kept');
  });

  it('replaces what is held back even in the middle, for whoever gets it in one piece', async () => {
    const kit = executionKit((id) => (id === big.id ? [{ say: 'half' }, { fault: 'auth' }] : saying('whole')));
    const { text, heard } = await kit.run(planOf([big, local]), { hold: true });
    expect(text).toBe('whole');
    expect(heard.filter((word) => word === 'half')).toEqual([]);
  });

  it('steps over steps that do not answer to the fault', async () => {
    const kit = executionKit((id) => (id === big.id ? failing('auth') : saying('here')));
    await kit.run(planOf([big, { model: other, after: ['timeout'] }, { model: local, after: ['auth', 'quota'] }]));
    expect(kit.called()).toEqual([big.id, local.id]);
  });

  it('asks nobody else after a refusal or a filter, unless the policy lets', async () => {
    const script = (id: string): readonly Act[] => (id === big.id ? [{ end: 'refused' }] : saying('here'));
    const strict = executionKit(script);
    expect((await strict.run(planOf([big, local]))).outcome.end.fault).toMatchObject({
      code: 'refused',
      origin: 'model',
    });
    expect(strict.called()).toEqual([big.id]);
    const lax = executionKit(script);
    expect((await lax.run(planOf([big, local], { refusalFallback: true }))).text).toBe('here');
  });

  it('tells an answer cut by a filter from one that was never there', async () => {
    const cut = await executionKit(() => [{ say: 'some' }, { end: 'filtered' }]).run(planOf([big]));
    expect(cut.outcome.end).toMatchObject({ finish: 'filtered', fault: null });
    const none = await executionKit(() => [{ end: 'filtered' }]).run(planOf([big]));
    expect(none.outcome.end.fault).toMatchObject({ code: 'content_filter', origin: 'model' });
  });

  it('never asks a model that may not see private conversations, even when the plan holds it', async () => {
    const kit = executionKit(() => saying('here'));
    const { outcome } = await kit.run(planOf([big, local]), { isPrivate: () => true });
    expect(kit.called()).toEqual([local.id]);
    expect(outcome.degradedReason).toMatch(/could not be asked.*private/);
    const alone = await executionKit(() => saying('here')).run(planOf([big]), { isPrivate: () => true });
    expect(alone.outcome.end.fault?.code).toBe('private_only');
  });

  it('takes the next step when the budget does not hold one', async () => {
    const kit = executionKit(() => saying('here'), { refuseUsdAbove: 0.5 });
    const { outcome } = await kit.run(planOf([{ model: big, mostUsd: 1 }, local]));
    expect(kit.called()).toEqual([local.id]);
    expect(outcome.end.fault).toBeNull();
  });

  it('limits the answer to what money is held for, where there is a budget', async () => {
    const kit = executionKit(() => saying('here'), { refuseUsdAbove: 1 });
    await kit.run(planOf([{ model: big, maxTokens: 500 }]));
    expect(kit.provider.calls[0]?.request.sampling.maxTokens).toBe(500);
    const free = executionKit(() => saying('here'));
    await free.run(planOf([{ model: big, maxTokens: 500 }]));
    expect(free.provider.calls[0]?.request.sampling.maxTokens).toBeUndefined();
  });

  it('stops within the grace when told to, although a model is deaf, and pays for what it said', async () => {
    const kit = executionKit(() => [
      { event: { kind: 'connected', status: 200, requestId: 'r1' } },
      { say: 'some' },
      { deaf: true },
    ]);
    const stop = new AbortController();
    const running = kit.start(planOf([big, local]), { signal: stop.signal });
    await kit.time.pass(10);
    stop.abort();
    await kit.time.pass(250);
    const { outcome, text, spans } = await running;
    expect(outcome.end).toMatchObject({ finish: 'cancelled', fault: null });
    expect(text).toBe('some');
    expect(kit.money).toMatchObject({ held: 1, settled: 1 });
    expect(spans.find(({ kind }) => kind === 'attempt')?.attributes).toMatchObject({
      requestId: 'r1',
      abandoned: true,
    });
    expect(kit.time.waiting()).toBe(0);
  });

  it('stops during a wait', async () => {
    const kit = executionKit(() => failing('rate_limit', { retryAfterMs: 2500 }));
    const stop = new AbortController();
    const running = kit.start(planOf([big]), { signal: stop.signal });
    await kit.time.pass(10);
    stop.abort();
    expect((await running).outcome.end.finish).toBe('cancelled');
    expect(kit.time.waiting()).toBe(0);
  });

  it.each([
    ['connect', [{ hang: true }], 5000],
    ['first-token', [{ event: { kind: 'reached' } }, { hang: true }], 30_000],
    ['idle', [{ say: 'a' }, { hang: true }], 30_000],
  ] as const)('gives up at the deadline for %s', async (stage, acts, ms) => {
    const kit = executionKit((id) => (id === big.id ? acts : saying('here')));
    const running = kit.start(planOf([big], { retries: 0 }));
    await kit.time.pass(ms - 1);
    expect(kit.provider.calls[0]?.aborted).toBe(false);
    await kit.time.pass(1);
    const { outcome, spans } = await running;
    expect(outcome.end).toMatchObject({ fault: { code: 'timeout' }, overdue: stage });
    expect(spans.find(({ kind }) => kind === 'attempt')?.attributes).toMatchObject({
      deadline: stage,
      faultCode: 'timeout',
    });
  });

  it('refuses with the words of the plan when nobody may answer', async () => {
    const plan = { ...planOf([]), refusal: { code: 'private_only' as const, detail: 'Trust acme to allow it.' } };
    const { outcome } = await executionKit(() => []).run(plan);
    expect(outcome.end.fault).toMatchObject({ code: 'private_only', detail: 'Trust acme to allow it.' });
    expect(outcome.model).toBeNull();
  });
});

describe('a format that was asked for', () => {
  const format = {
    type: 'json_schema' as const,
    name: 'p',
    strict: true,
    schema: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'], additionalProperties: false },
  };

  it('is put right where it is only badly written', async () => {
    const kit = executionKit(() => saying('Sure:\n```json\n{a: 1,}\n```'));
    const { text, outcome } = await kit.run(planOf([big]), { hold: true, format });
    expect(JSON.parse(text)).toEqual({ a: 1 });
    expect(outcome.attempts).toHaveLength(1);
  });

  it('is asked for once more with what was wrong, then of another model', async () => {
    const kit = executionKit((id) => saying(id === big.id ? '{"b":2}' : '{"a":3}'));
    const { text } = await kit.run(planOf([big, other]), { hold: true, format });
    expect(kit.called()).toEqual([big.id, big.id, other.id]);
    expect(kit.provider.calls[1]?.request.messages.at(-1)?.text).toMatch(
      /does not follow the schema.*Answer the question again/,
    );
    expect(kit.provider.calls[2]?.request.messages).toHaveLength(1);
    expect(text).toBe('{"a":3}');
  });

  it('is said to be broken when the text was shown already', async () => {
    const { text, outcome } = await executionKit(() => saying('{"b":2}')).run(planOf([big, other]), { format });
    expect(text).toBe('{"b":2}');
    expect(outcome.end.fault?.code).toBe('malformed_output');
    expect(outcome.attempts).toHaveLength(1);
  });
});

describe('an outage', () => {
  it.each([1, 50, 200])('of a provider costs at most 1.1 calls a request, %i at a time', async (atOnce) => {
    const kit = executionKit((id) => (id === local.id ? saying('here') : [{ wait: 20 }, { fault: 'server_error' }]));
    let answered = 0;
    for (let done = 0; done < 200; done += atOnce) {
      const batch = Array.from({ length: atOnce }, () => kit.start(planOf([big, local])));
      for (const { text } of await kit.time.until(Promise.all(batch))) answered += Number(text === 'here');
    }
    expect(answered).toBe(200);
    expect(kit.called().filter((id) => id === big.id).length).toBeLessThanOrEqual(220);
  });

  it('of everything, at a slow pace with breakers that close again, stays within 1.1', async () => {
    const kit = executionKit(() => failing('overloaded'));
    for (let request = 0; request < 200; request++) {
      await kit.run(planOf([big]));
      await kit.time.pass(301_000);
    }
    expect(kit.called().length).toBeLessThanOrEqual(220);
  });

  it('ends by itself: one probe, then everybody', async () => {
    let broken = true;
    const kit = executionKit((id) =>
      id === local.id ? saying('local') : broken ? failing('server_error') : saying('back'),
    );
    for (let request = 0; request < 5; request++) await kit.run(planOf([big, local]));
    broken = false;
    await kit.time.pass(20_000);
    const calls = kit.provider.calls.length;
    const batch = await kit.time.until(Promise.all(Array.from({ length: 10 }, () => kit.start(planOf([big, local])))));
    expect(
      kit
        .called()
        .slice(calls)
        .filter((id) => id === big.id),
    ).toHaveLength(1);
    expect(batch.filter(({ text }) => text === 'back')).toHaveLength(1);
    expect((await kit.run(planOf([big, local]))).text).toBe('back');
  });
});

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ say: fc.constantFrom('a', 'bc ', '  ', '\n', 'd') }) },
  { weight: 1, arbitrary: fc.record({ tool: fc.constantFrom('{}', '{"x":1}', '{bad'), name: fc.constant('t') }) },
  { weight: 1, arbitrary: fc.record({ wait: fc.constantFrom(1, 400, 6000, 40_000) }) },
  { weight: 1, arbitrary: fc.constant({ hang: true as const }) },
  { weight: 1, arbitrary: fc.constant({ throw: 'broken' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      fault: fc.constantFrom(...FAULT_CODES),
      more: fc.constantFrom({}, { retryAfterMs: 500 }, { retryAfterMs: 99_000 }, { networkCode: 'ENOTFOUND' }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ end: fc.constantFrom('stop', 'length', 'filtered', 'refused', 'tool_calls') }) },
);

describe('whatever models do', () => {
  it('what is shown comes from one attempt, calls and money are bounded, and nothing hopeless is asked again', async () => {
    const models = [big, other, local];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(act, { maxLength: 6 }), { minLength: 1, maxLength: 8 }),
        fc.record({
          attempts: fc.integer({ min: 1, max: 7 }),
          retries: fc.integer({ min: 0, max: 3 }),
          hedgeAfterMs: fc.constantFrom(null, 300, 5000),
          refusalFallback: fc.boolean(),
        }),
        fc.boolean(),
        fc.boolean(),
        fc.option(fc.integer({ min: 0, max: 9000 }), { nil: null }),
        async (scripts, limits, hold, drafts, stopAfterMs) => {
          let nth = 0;
          const said: string[] = [];
          const kit = executionKit(() => {
            const acts = scripts[nth++ % scripts.length] ?? [];
            const last = acts.findIndex((one) => 'end' in one || 'fault' in one || 'throw' in one || 'hang' in one);
            const heard = acts.slice(0, last < 0 ? undefined : last);
            said.push(heard.map((one) => ('say' in one ? one.say : 'tool' in one ? one.tool : '')).join(''));
            return acts;
          });
          const stop = new AbortController();
          if (stopAfterMs !== null) kit.time.timers.after(stopAfterMs, () => void stop.abort());
          const plan = planOf(models, limits, drafts ? { selfConsistencyTokens: 5 } : null);
          const { outcome, text } = await kit.run(plan, { hold, signal: stop.signal });
          expect(kit.provider.calls.length).toBeLessThanOrEqual(limits.attempts);
          expect(outcome.attempts).toHaveLength(kit.provider.calls.length);
          if (/\S/u.test(text)) expect(said.some((whole) => whole.startsWith(text))).toBe(true);
          if (outcome.end.finish === 'stop') expect(said).toContain(text);
          expect(kit.money.twice).toBe(0);
          expect(kit.money.settled + kit.money.released).toBe(kit.money.held);
          expect(kit.money.spentUsd).toBeCloseTo(outcome.costUsd, 9);
          for (const { fault, action } of outcome.attempts)
            if (fault && !fault.recoverable) expect(['retried', 'waited']).not.toContain(action);
          for (const { fault, action } of outcome.attempts)
            if (action === 'retried' && fault) expect(FAULT_TABLE[fault.code].retries).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1000, seed: 7 },
    );
  });
});
