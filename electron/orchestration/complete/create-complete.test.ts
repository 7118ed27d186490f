import { describe, expect, it } from 'vitest';
import { localEntry } from '../../../test/support/model-entry.ts';
import { settle } from '../../../test/support/virtual-time.ts';
import { createMintId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import type { Trace, UsageEntry } from '../../contract/entities/trace.ts';
import { makeFault } from '../../router/index.ts';
import { createTraceRecorder } from '../../telemetry/recorder.ts';
import type { Answer, Answerer } from '../answer/answer.ts';
import { unanswered } from '../turn/turn-end.ts';
import { createComplete } from './create-complete.ts';
import type { CompleteEvent, CompleteRequest } from './complete.ts';

const model = localEntry('local/tiny', { name: 'Tiny', embedded: true, contextTokens: 1024 });
const answered: Answer = {
  decision: { policy: 'local-first', chosen: model.id, reasons: [], candidates: [], features: {} },
  model,
  degradedReason: null,
  finish: 'stop',
  fault: null,
  usage: { tokensIn: 3, tokensCached: 1, tokensOut: 2 },
  timings: null,
  contextTokens: 1024,
  firstTokenMs: 1,
  route: 'local',
  costUsd: 0,
  savedUsd: 0,
  ledger: [{ modelId: 'local/tiny', providerId: 'local', tokensIn: 3, tokensCached: 1, tokensOut: 2, costUsd: 0 }],
};
const route = {
  modelId: model.id,
  modelName: model.name,
  route: 'local',
  degraded: false,
  degradedReason: null,
} as const;
const request: CompleteRequest = {
  messages: [{ role: 'user', text: 'hi' }],
  route: 'auto',
  sampling: {},
  stop: [],
  source: 'api',
};

function setUp(answer: Answerer, behind?: (run: () => void) => void, era = () => 0) {
  const saved: { trace: Trace; usages: readonly UsageEntry[] }[] = [];
  const clock = { now: () => 1000, monotonicMs: () => 0 };
  const mintId = createMintId(clock, (bytes) => bytes);
  const complete = createComplete({
    answer,
    traces: { save: (trace, usages) => saved.push({ trace, usages }) },
    clock,
    mintId,
    startTrace: (traceId, rootName) => createTraceRecorder({ clock, mintId }, traceId, rootName),
    log: silentLog,
    era,
    ...(behind ? { behind } : {}),
  });
  const ask = async (extra: Partial<CompleteRequest> = {}, signal = new AbortController().signal) => {
    const { traceId, events } = complete.start({ ...request, ...extra }, signal);
    const heard: CompleteEvent[] = [];
    for await (const event of events) heard.push(event);
    return { traceId, heard, text: heard.map((event) => (event.kind === 'delta' ? event.text : '')).join('') };
  };
  return { ask, saved, complete };
}

describe('answering without a conversation', () => {
  it('lets the end go out before the trace is made, and closes once it is stored', async () => {
    const held: (() => void)[] = [];
    const { complete, saved } = setUp(
      (_, __, hooks) => {
        hooks.onRoute(route);
        hooks.onDelta('Hello');
        return Promise.resolve(answered);
      },
      (run) => held.push(run),
    );
    const reader = complete.start(request, new AbortController().signal).events[Symbol.asyncIterator]();
    for (let event = await reader.next(); event.done !== true; event = await reader.next())
      if (event.value.kind === 'end') break;
    expect([saved.length, held.length]).toEqual([0, 1]);
    let closed = false;
    const over = reader.next().then(() => (closed = true));
    await Promise.resolve();
    expect(closed).toBe(false);
    held[0]?.();
    await over;
    expect(saved).toHaveLength(1);
  });

  it.each([' \n', '\u200b', '\ufeff', '\u0000'])(
    'says nothing of %j, which nobody sees, when another model takes over after it',
    async (unseen) => {
      const { ask } = setUp((_, __, hooks) => {
        hooks.onRoute({ ...route, modelId: 'acme/big' });
        hooks.onDelta(unseen);
        hooks.onReset();
        hooks.onRoute(route);
        hooks.onDelta('Hello');
        return Promise.resolve(answered);
      });
      const { heard, text } = await ask();
      expect(text).toBe('Hello');
      expect(heard[0]).toMatchObject({ kind: 'route', modelId: model.id });
    },
  );

  it('says what was kept back before the call that follows it', async () => {
    const { ask } = setUp((_, __, hooks) => {
      hooks.onRoute(route);
      hooks.onDelta('I look it up. EN');
      hooks.onTool?.({ kind: 'tool', index: 0, id: 'c1', name: 'look_up', argumentsText: '{}' });
      return Promise.resolve(answered);
    });
    const { heard, text } = await ask({ stop: ['END'] });
    expect(text).toBe('I look it up. EN');
    expect(heard.map(({ kind }) => kind)).toEqual(['route', 'delta', 'delta', 'tool', 'end']);
  });

  it('keeps every letter of an answer that broke off where a stop sequence might have begun', async () => {
    const fault = makeFault('network');
    const { ask } = setUp((_, __, hooks) => {
      hooks.onRoute(route);
      hooks.onDelta('One, two, EN');
      return Promise.resolve({ ...answered, finish: 'fault', fault });
    });
    const { text, heard } = await ask({ stop: ['END'] });
    expect(text).toBe('One, two, EN');
    expect(heard.at(-1)).toMatchObject({ kind: 'fault', fault: { code: 'network' } });
  });

  it('asks again for a request that is the same as one that was just answered', async () => {
    let asked = 0;
    const { complete } = setUp(
      () => {
        asked++;
        return Promise.resolve(answered);
      },
      () => undefined,
    );
    const toItsEnd = async () => {
      const { events } = complete.start(request, new AbortController().signal);
      for await (const event of events) if (event.kind === 'end') return;
    };
    await toItsEnd();
    // The next request of anybody comes in a later turn of the loop.
    await settle();
    await toItsEnd();
    expect(asked).toBe(2);
  });

  it('closes its events although its trace could not be made', async () => {
    const broken = { ...answered, usage: null } as unknown as Answer;
    const { ask, saved } = setUp((_, __, hooks) => {
      hooks.onRoute(route);
      return Promise.resolve({ ...broken, fault: makeFault('internal') });
    });
    const { heard } = await ask();
    expect([heard.at(-1)?.kind, saved.length]).toEqual(['fault', 0]);
  });

  it('says the route, then the words, then the end, and stores the trace before the reading is over', async () => {
    const { ask, saved } = setUp((_, recorder, hooks) => {
      expect(recorder.traceId).toMatch(/-7/u);
      hooks.onRoute(route);
      hooks.onDelta('Hel');
      hooks.onDelta('lo');
      return Promise.resolve(answered);
    });
    const { heard, traceId } = await ask();
    expect(heard.map((event) => event.kind)).toEqual(['route', 'delta', 'delta', 'end']);
    expect(saved).toMatchObject([
      {
        trace: { id: traceId, source: 'api', status: 'ok', conversationId: null, tokensOut: 2 },
        usages: [{ traceId }],
      },
    ]);
  });

  it('forgets what a failed attempt said as long as nothing was visible', async () => {
    const { ask } = setUp((_, __, hooks) => {
      hooks.onRoute({ ...route, modelId: 'local/other' });
      hooks.onDelta('\n ');
      hooks.onReset();
      hooks.onRoute({ ...route, degraded: true, degradedReason: 'Other failed.' });
      hooks.onDelta('yes');
      return Promise.resolve({ ...answered, degradedReason: 'Other failed.' });
    });
    const { heard } = await ask();
    expect(heard).toMatchObject([
      { kind: 'route', modelId: 'local/tiny', degraded: true },
      { kind: 'delta', text: 'yes' },
      { kind: 'end' },
    ]);
  });

  it('ends at a stop sequence as a normal stop and stops the model', async () => {
    let stopped = false;
    const { ask, saved } = setUp((_, __, hooks, signal) => {
      signal.addEventListener('abort', () => (stopped = true));
      hooks.onRoute(route);
      for (const text of ['one ', 'EN', 'D two', ' three']) hooks.onDelta(text);
      return Promise.resolve({ ...answered, finish: 'cancelled' });
    });
    const { heard, text } = await ask({ stop: ['END'] });
    expect([text, stopped]).toEqual(['one ', true]);
    expect(heard.at(-1)).toMatchObject({ kind: 'end', finish: 'stop' });
    expect(saved[0]?.trace.status).toBe('ok');
  });

  it('gives a failure as a fault and stores a failed trace', async () => {
    const fault = makeFault('no_candidate');
    const { ask, saved } = setUp(() =>
      Promise.resolve({ ...answered, model: null, ledger: [], finish: 'fault', fault }),
    );
    expect((await ask()).heard).toEqual([{ kind: 'fault', fault }]);
    expect(saved).toMatchObject([{ trace: { status: 'failed', faultCode: 'no_candidate' }, usages: [] }]);
  });

  it('records what the asker gave up as stopped', async () => {
    const { ask, saved } = setUp(() => Promise.resolve({ ...answered, finish: 'cancelled' }));
    expect((await ask()).heard.at(-1)).toMatchObject({ kind: 'end', finish: 'cancelled' });
    expect(saved[0]?.trace.status).toBe('stopped');
  });

  it('turns a mistake of ours into the fault internal', async () => {
    const { ask } = setUp(() => Promise.reject(new Error('bug')));
    expect((await ask()).heard).toMatchObject([{ kind: 'fault', fault: { code: 'internal' } }]);
  });

  it('answers identical requests under way with one answer, each with a trace of its own', async () => {
    let asked = 0;
    let release: () => void = () => undefined;
    const held = new Promise<void>((done) => (release = done));
    const { ask, saved } = setUp(async (_, __, hooks) => {
      asked++;
      hooks.onRoute(route);
      hooks.onDelta('on');
      await held;
      hooks.onDelta('ce');
      return { ...answered, costUsd: 0.01 };
    });
    const all = [ask(), ask(), ask({ sampling: { temperature: 1 } })];
    await Promise.resolve();
    release();
    const [first, second] = await Promise.all(all);
    expect([asked, first?.text, second?.text]).toEqual([2, 'once', 'once']);
    expect(first?.traceId).not.toBe(second?.traceId);
    const joined = saved.find(({ trace }) => trace.id === second?.traceId);
    expect(joined).toMatchObject({ trace: { status: 'ok', route: 'cached', costUsd: 0 }, usages: [] });
  });

  it('says to the one that asked first alone what a shared answer cost', async () => {
    const { ask } = setUp(async (_, __, hooks) => {
      await Promise.resolve();
      hooks.onRoute(route);
      hooks.onDelta('once');
      return { ...answered, costUsd: 0.01 };
    });
    const all = await Promise.all([ask(), ask(), ask()]);
    const costs = all.map(({ heard }) => heard.findLast(({ kind }) => kind === 'end'));
    expect(costs).toMatchObject([{ costUsd: 0.01 }, { costUsd: 0 }, { costUsd: 0 }]);
  });

  it('shares no answer between tokens with budgets of their own, nor between places rules can tell apart', async () => {
    const poor = { name: 'poor', usdPerDay: 0 };
    const rich = { name: 'rich', usdPerDay: 5 };
    const { ask } = setUp(async ({ token, source }, _, hooks) => {
      await Promise.resolve();
      if (token === poor) return unanswered('fault', makeFault('budget'));
      hooks.onRoute(route);
      hooks.onDelta(source);
      return answered;
    });
    const free = (name: string) => ({ name, usdPerDay: null });
    const all = [ask({ token: poor }), ask({ token: rich }), ask({ token: free('one') }), ask({ token: free('two') })];
    const [refused, paid, one, two] = await Promise.all(all);
    expect(refused?.heard).toMatchObject([{ kind: 'fault', fault: { code: 'budget' } }]);
    expect([paid?.text, one?.text, two?.text]).toEqual(['api', 'api', 'api']);
    const places = await Promise.all([ask({ source: 'api' }), ask({ source: 'cli' })]);
    expect(places.map(({ text }) => text)).toEqual(['api', 'cli']);
  });

  it('shares no answer with what was asked under other settings', async () => {
    let asked = 0;
    let era = 1;
    let release: () => void = () => undefined;
    const held = new Promise<void>((done) => (release = done));
    const { ask } = setUp(
      async (_, __, hooks) => {
        asked++;
        hooks.onRoute(route);
        hooks.onDelta('once');
        await held;
        return answered;
      },
      undefined,
      () => era,
    );
    const before = [ask(), ask()];
    era = 2;
    const after = ask();
    await Promise.resolve();
    release();
    await Promise.all([...before, after]);
    expect(asked).toBe(2);
  });

  it('lets one asker go without ending the answer of the other', async () => {
    let ended = false;
    let release: () => void = () => undefined;
    const held = new Promise<void>((done) => (release = done));
    const { ask } = setUp(async (_, __, hooks, signal) => {
      signal.addEventListener('abort', () => (ended = true));
      hooks.onRoute(route);
      await held;
      hooks.onDelta('whole');
      return answered;
    });
    const leaves = new AbortController();
    const gone = ask({}, leaves.signal);
    const stays = ask();
    await Promise.resolve();
    leaves.abort();
    expect((await gone).heard.at(-1)).toMatchObject({ kind: 'end', finish: 'cancelled' });
    release();
    expect([(await stays).text, ended]).toEqual(['whole', false]);
  });
});
