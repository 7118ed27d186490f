import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STARTER_MODEL_ID, FAULT_CODES } from '../../electron/contract/names.ts';
import { FAULT_TABLE } from '../../electron/router/fault-table.ts';
import { executionKit, planOf } from '../support/execution-kit.ts';
import { BEFORE, BEGUN } from '../support/fault-rows.ts';
import { AFTER } from '../support/fault-rows-after.ts';
import type { Row } from '../support/fault-rows.ts';
import { expectExplained, matrixCore, WAYS } from '../support/matrix-kit.ts';
import type { MatrixCore, MatrixRun } from '../support/matrix-kit.ts';
import { cloudEntry, localEntry } from '../support/model-entry.ts';
import type { Wire } from '../support/providers/script.ts';
import { startProvider } from '../support/providers/start-provider.ts';
import { saying } from '../support/scripted-provider.ts';

const WIRES: readonly Wire[] = ['openai', 'anthropic', 'google'];
const TOO_LONG_GOOGLE = {
  status: 400,
  error: {
    code: 400,
    type: 'INVALID_ARGUMENT',
    message: 'The input token count (9) exceeds the maximum number of tokens allowed (5).',
  },
};
const of = (rows: readonly Row[], wire: Wire) => rows.filter(({ wires }) => wires?.includes(wire) ?? true);
const asked = ({ limits, json, tools, kind }: Row) => ({
  ...(limits ? { limits } : {}),
  ...(json ? { json } : {}),
  ...(tools ? { tools } : {}),
  ...(kind ? { kind } : {}),
});
/** What was done about an attempt, oldest first. */
const actions = ({ attempts }: MatrixRun) => attempts.map(({ attributes }) => attributes['action']);

describe.each(WIRES)('over the wire of %s', (wire) => {
  let matrix: MatrixCore;
  beforeAll(async () => {
    matrix = await matrixCore(wire);
  });
  afterAll(() => matrix.dispose());

  describe.each(WAYS)('asked as %s', (way) => {
    it.each(of(BEFORE, wire))('before the first token: $name', async (row) => {
      matrix.script(row.answer(wire));
      const code = row.codes?.[wire] ?? row.code;
      const run = await matrix.ask({ way, ...asked(row) });
      expect(run.attempts[0]?.fault).toMatchObject({ code, origin: row.origin });
      expect(run.calls).toBe(row.calls);
      expectExplained(run);
      if (row.fails) {
        expect(run.trace).toMatchObject({ status: 'failed', faultCode: code, faultOrigin: row.origin });
        expect(run.text).toBe('');
        expect(run.localCalls).toBe(0);
        expect(actions(run)).toEqual(['failed']);
        if (way !== 'chat') expect(run.status).toBeGreaterThanOrEqual(400);
      } else {
        expect(run.text).toBe('from here');
        expect(run.trace).toMatchObject({ status: 'ok', modelId: STARTER_MODEL_ID, degraded: true });
        expect(run.trace.spans[0]?.attributes['degradedReason']).toMatch(/^Big failed\. \S/);
        expect(actions(run).slice(-2)).toEqual(['fell back', 'answered']);
      }
      if (FAULT_TABLE[row.code].retries === 0) expect(run.calls).toBe(1);
    });

    it.each(of(AFTER, wire).filter(({ json, tools }) => way !== 'chat' || !(json ?? tools)))(
      'after the first token: $name',
      async (row) => {
        matrix.script(row.answer(wire));
        const run = await matrix.ask({ way, ...asked(row) });
        expect(run.attempts[0]?.fault).toMatchObject({ code: row.code, origin: row.origin });
        expectExplained(run);
        if (way === 'whole' || row.unseen) {
          expect(run.calls).toBe(row.calls);
          // A form cannot be had from the model of this machine as it is scripted here: it says so.
          if (row.json) expect(run.trace).toMatchObject({ status: 'failed', faultCode: row.code });
          else expect(run.text).toBe('from here');
          return;
        }
        expect(run.trace).toMatchObject({ status: 'failed', faultCode: row.code, faultOrigin: row.origin });
        expect(actions(run)).toEqual(['kept']);
        expect([run.calls, run.localCalls]).toEqual([1, 0]);
        if (row.said === undefined) expect(run.text).toBe('Hello ');
        else {
          expect(row.said.startsWith(run.text)).toBe(true);
          expect(run.text).not.toBe('');
        }
      },
    );

    it.each(wire === 'anthropic' ? (['length'] as const) : (['length', 'filtered'] as const))(
      'an end by “%s” after words is an answer, and its trace says so',
      async (finish) => {
        matrix.script({ steps: [...BEGUN], finish });
        const run = await matrix.ask({ way });
        expect(run.text).toBe('Hello ');
        expect(run.trace.status).toBe('ok');
        expect(run.attempts[0]?.attributes).toMatchObject({ finish, action: 'answered' });
        expectExplained(run);
      },
    );

    it('is answered by the second try when the first one failed', async () => {
      const before = matrix.server.requests.length;
      matrix.script((_request, number) => (number === before ? { status: 500, body: '' } : { steps: [...BEGUN] }));
      const run = await matrix.ask({ way });
      expect(run.text).toBe('Hello ');
      expect(run.trace).toMatchObject({ status: 'ok', degraded: false, modelId: run.far });
      expect(actions(run)).toEqual(['retried', 'answered']);
      expect(run.attempts[1]?.attributes['requestId']).toBe(`req_${String(before + 1)}`);
      expectExplained(run);
    });

    it('reaches the next model within half a second when the port is closed', async () => {
      const gone = await startProvider(wire);
      await gone.close();
      const run = await matrix.ask({ way, baseUrl: gone.url });
      expect(run.text).toBe('from here');
      expect(run.trace.firstTokenMs).toBeLessThan(500);
      expect(run.attempts[0]?.fault).toMatchObject({ code: 'network', networkCode: 'ECONNREFUSED' });
      expectExplained(run);
    });

    if (way !== 'whole')
      it('stops at once when it is told to, and the provider hears of it', async () => {
        matrix.script({ steps: [...BEGUN, { stall: true }] });
        const before = matrix.server.requests.length;
        const run = await matrix.ask({ way, leaveAt: 'Hello ' });
        expect(run.trace).toMatchObject({ status: 'stopped', faultCode: null });
        expect(run.text).toBe('Hello ');
        await matrix.server.requests[before]?.over;
        expect(matrix.server.requests[before]?.aborted).toBe(true);
        expect(run.trace.costUsd).toBeGreaterThan(0);
        expect(actions(run)).toEqual(['dropped']);
        expectExplained(run);
      });

    it.each([
      ['is down', { status: 500, body: '' }],
      ['breaks off each answer', { steps: [{ raw: 'data: {"a":{"b":' }], finish: null }],
    ])('costs at most 1.1 calls a request while it %s, and is soon asked no more', async (what, script) => {
      matrix.script(script);
      const before = matrix.server.requests.length;
      const provider = `${what.replaceAll(' ', '-')}-${way}`;
      const runs: MatrixRun[] = [await matrix.ask({ way, provider })];
      const more = (count: number) => Promise.all(Array.from({ length: count }, () => matrix.ask({ way, provider })));
      for (let batch = 0; batch < 3; batch++) runs.push(...(await more(13)));
      expect(runs.every(({ text, trace }) => text === 'from here' && trace.degraded)).toBe(true);
      expect(matrix.server.requests.length - before).toBeLessThanOrEqual(runs.length / 2);
    });
  });

  it('sends what was too long shorter and shorter, and never as it was', async () => {
    const error = {
      type: 'invalid_request_error',
      code: 'context_length_exceeded',
      message: 'prompt is too long: 9 > 5 maximum',
    };
    matrix.script(wire === 'google' ? TOO_LONG_GOOGLE : { status: 400, error });
    const history = Array.from({ length: 12 }, (_, at) => `${String(at)} ${'and so on and on '.repeat(40)}`);
    const before = matrix.server.requests.length;
    const run = await matrix.ask({ way: 'streamed', history });
    const sizes = matrix.server.requests.slice(before).map(({ bytes }) => bytes);
    expect(sizes.length).toBeGreaterThan(2);
    expect(sizes).toEqual([...new Set(sizes)].toSorted((a, b) => b - a));
    expect(run.text).toBe('from here');
    expect(run.attempts.slice(0, -1).every(({ fault }) => fault?.code === 'context_length')).toBe(true);
    expect(actions(run).slice(0, 2)).toEqual(['trimmed', 'trimmed']);
    expectExplained(run);
  });
});

describe('what this app itself refuses', () => {
  const net: { online: boolean | null } = { online: null };
  let matrix: MatrixCore;
  beforeAll(async () => {
    matrix = await matrixCore('openai', { machine: { onBattery: () => false, online: () => net.online } });
    matrix.script({ steps: [...BEGUN] });
  });
  afterAll(() => matrix.dispose());
  /** Why the provider was not asked, as the trace says it. */
  const because = ({ trace, far }: MatrixRun & { far: string }) =>
    trace.decision?.candidates.find(({ modelId }) => modelId === far)?.rejected;

  describe.each(WAYS)('asked as %s', (way) => {
    it('steps down to this machine when the budget is spent, and says so', async () => {
      const budgets = { perTurnUsd: null, usdPerDay: 0, usdPerMonth: null };
      const run = await matrix.ask({ way, config: { budgets } });
      expect([run.text, run.calls]).toEqual(['from here', 0]);
      expect(because(run)).toMatch(/budget/);
      expectExplained(run);
    });

    it('keeps a private question here, and refuses it where only the provider may answer', async () => {
      const here = await matrix.ask({ way, private: true });
      expect([here.text, here.calls]).toEqual(['from here', 0]);
      expect(because(here)).toMatch(/private/);
      expectExplained(here);
      const refused = await matrix.ask({ way, private: true, policy: { constraints: { kinds: ['cloud'] } } });
      expect(refused.trace).toMatchObject({ status: 'failed', faultOrigin: 'user' });
      expect([refused.calls, refused.localCalls]).toEqual([0, 0]);
      expectExplained(refused);
    });

    it('says what would allow an answer when nobody may give one', async () => {
      const run = await matrix.ask({ way, policy: { constraints: { never: ['local/*'], minQuality: 0.99 } } });
      expect(run.trace).toMatchObject({ status: 'failed', faultCode: 'no_candidate', faultOrigin: 'user' });
      expect(because(run)).toMatch(/0\.90.*0\.99/);
      expect(run.attempts).toEqual([]);
      expectExplained(run);
    });

    it('answers from here while there is no network, and goes out again when there is', async () => {
      const outside = { way, provider: `outside-${way}`, baseUrl: matrix.server.url.replace('127.0.0.1', '0.0.0.0') };
      net.online = false;
      const offline = await matrix.ask(outside);
      expect([offline.text, offline.calls]).toEqual(['from here', 0]);
      expect(because(offline)).toMatch(/no network/);
      expect(offline.trace.degraded).toBe(true);
      expectExplained(offline);
      net.online = true;
      const online = await matrix.ask(outside);
      expect([online.text, online.calls]).toEqual(['Hello ', 1]);
      expectExplained(online);
      net.online = null;
    });

    it('asks the better model when the draft of this machine was doubted, and says why', async () => {
      const draft = { enabled: true, by: 'local', minConfidence: 0, refusal: true };
      matrix.say([{ say: 'I’m sorry, but I can’t help with that.' }]);
      const run = await matrix.ask({ way, policy: { draft } });
      matrix.say();
      expect(run.text).toBe('Hello ');
      expect(actions(run)).toEqual(['escalated', 'answered']);
      const check = run.trace.spans.find(({ name }) => name === 'Check the draft');
      expect(check?.fault).toMatchObject({ code: 'unverified', origin: 'model', detail: 'It declined to answer.' });
      expectExplained(run);
    });
  });
});

describe('every row of the table', () => {
  const cloud = cloudEntry('acme/big');
  const machine = localEntry('local/m');
  const next = localEntry('local/next');

  it.each(FAULT_CODES)(
    '%s: retries and fallback are what the table says, and after a word nothing is replaced',
    async (code) => {
      for (const model of [cloud, machine]) {
        const before = executionKit((id) => (id === next.id ? saying('next') : [{ fault: code }]));
        const run = await before.run(planOf([model, next]), { mostTrims: 1 });
        const calls = before.called().filter((id) => id === model.id).length;
        const rule = FAULT_TABLE[code];
        if (!rule.recoverable) expect(calls).toBe(1);
        expect(calls).toBeLessThanOrEqual(1 + (code === 'context_length' ? 1 : rule.retries));
        if (rule.action === 'fail') expect(run.outcome.end.fault?.code).toBe(code);
        else expect(run.text).toBe('next');

        const after = executionKit((id) => (id === next.id ? saying('next') : [{ say: 'word' }, { fault: code }]));
        const kept = await after.run(planOf([model, next]));
        expect(kept.text).toBe('word');
        expect(after.called()).toEqual([model.id]);
        expect(kept.outcome.end.fault).toMatchObject({ code, origin: rule.origin });
      }
    },
  );
});
