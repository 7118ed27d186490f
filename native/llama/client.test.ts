import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import { silentLog } from '../../electron/base/log.ts';
import { createScriptedEngine } from '../../test/support/scripted-engine.ts';
import type { Step } from '../../test/support/scripted-engine.ts';
import { createLlamaClient } from './client.ts';
import type { LlamaClient, LlamaEvent, ModelSpec } from './client.ts';
import type { HostLimits } from './host-link.ts';

const MODEL: ModelSpec = { modelId: 'local/test', path: '/models/test.gguf', sizeBytes: 1, measurement: null };
let client: LlamaClient | null = null;

function build(script: (index: number) => readonly Step[], limits: Partial<HostLimits> = {}, sequences = 1) {
  const engine = createScriptedEngine({ script: (_, index) => script(index), sequences });
  const measured: string[] = [];
  client = createLlamaClient({
    spawn: engine.spawn,
    clock: systemClock,
    log: silentLog,
    backend: () => 'auto',
    onMeasured: (modelId) => measured.push(modelId),
    limits,
  });
  return { client, engine, measured };
}
afterEach(() => client?.dispose());

async function ask(
  from: LlamaClient,
  options: {
    signal?: AbortSignal;
    onEvent?: (event: LlamaEvent) => void;
    stateKey?: string;
    model?: ModelSpec;
  } = {},
): Promise<{ text: string; events: LlamaEvent[]; last: LlamaEvent | undefined }> {
  const events: LlamaEvent[] = [];
  const messages = [{ role: 'user' as const, text: 'hi' }];
  const request = { model: options.model ?? MODEL, messages, sampling: {}, stateKey: options.stateKey ?? null };
  for await (const event of from.generate(request, options.signal ?? new AbortController().signal)) {
    events.push(event);
    options.onEvent?.(event);
  }
  const text = events.map((event) => (event.kind === 'delta' ? event.text : '')).join('');
  return { text, events, last: events.at(-1) };
}

describe('the engine client', () => {
  it('starts the process with the first request and streams the reply', async () => {
    const { client: c, engine } = build(() => [{ say: 'Hello ' }, { say: 'there' }]);
    expect(c.status().state).toBe('stopped');
    expect(engine.spawned()).toBe(0);
    const { text, last } = await ask(c);
    expect(text).toBe('Hello there');
    expect(last).toMatchObject({ kind: 'end', finish: 'stop', usage: { tokensOut: 2 } });
    expect(c.status()).toMatchObject({ state: 'ready', backend: 'cpu', loadedModelId: 'local/test' });
  });

  it('ends with a fault when the process dies, and answers the next request with a new one', async () => {
    const { client: c, engine } = build((index) =>
      index === 0 ? [{ say: 'half' }, { crash: 139 }] : [{ say: 'whole' }],
    );
    const lost = await ask(c);
    expect(lost.text).toBe('half');
    expect(lost.last).toMatchObject({ kind: 'fault', fault: { code: 'local_crash' }, usage: { tokensOut: 1 } });
    expect((await ask(c)).text).toBe('whole');
    expect(engine.spawned()).toBe(2);
    expect(c.status()).toMatchObject({ state: 'ready', crashes: 1 });
  });

  it('serves those who wait after a crash', async () => {
    const { client: c } = build((index) => (index === 0 ? [{ say: 'half' }, { crash: null }] : [{ say: 'whole' }]));
    const [first, second] = await Promise.all([ask(c), ask(c)]);
    expect(first.last?.kind).toBe('fault');
    expect(second.text).toBe('whole');
  });

  it('ends a process that stops answering', async () => {
    const { client: c } = build((index) => (index === 0 ? [{ say: 'half' }, { hang: true }] : [{ say: 'whole' }]), {
      pingMs: 5,
      hangMs: 30,
    });
    const lost = await ask(c);
    expect(lost.last).toMatchObject({ kind: 'fault', fault: { code: 'local_crash' } });
    expect((await ask(c)).text).toBe('whole');
  });

  it('ends a process that answers pings but makes no progress', async () => {
    const { client: c } = build((index) => (index === 0 ? [{ say: 'half' }, { hold: 'never' }] : [{ say: 'whole' }]), {
      pingMs: 5,
      hangMs: 1000,
      stallMs: 40,
    });
    expect((await ask(c)).last).toMatchObject({ kind: 'fault', fault: { code: 'local_crash' } });
    expect((await ask(c)).text).toBe('whole');
  });

  it.each([[{ t: 'delta' }], ['text'], [null], [{ t: 'end', id: 1, finish: 'maybe' }]])(
    'does not trust a process that talks nonsense: %j',
    async (garbage) => {
      const { client: c } = build((index) => (index === 0 ? [{ say: 'half' }, { garbage }] : [{ say: 'whole' }]));
      expect((await ask(c)).last).toMatchObject({ kind: 'fault', fault: { code: 'local_crash' } });
      expect((await ask(c)).text).toBe('whole');
    },
  );

  it('stops a reply and keeps its text', async () => {
    const { client: c } = build(() => [{ say: 'some ' }, { hold: 'never' }, { say: 'more' }]);
    const controller = new AbortController();
    const { text, last } = await ask(c, {
      signal: controller.signal,
      onEvent: (event) => event.kind === 'delta' && controller.abort(),
    });
    expect(text).toBe('some ');
    expect(last).toMatchObject({ kind: 'end', finish: 'cancelled', usage: { tokensOut: 1 } });
  });

  it('tells those who wait their place and lets them leave', async () => {
    const { client: c, engine } = build((index) =>
      index === 0 ? [{ hold: 'go' }, { say: 'first' }] : [{ say: 'third' }],
    );
    const leaving = new AbortController();
    const first = ask(c);
    const second = ask(c, { signal: leaving.signal });
    const third = ask(c);
    leaving.abort();
    const left = await second;
    expect(left.events).toMatchObject([
      { kind: 'queued', place: 1 },
      { kind: 'end', finish: 'cancelled', usage: { tokensOut: 0 } },
    ]);
    engine.release('go');
    expect((await first).text).toBe('first');
    const { events, text } = await third;
    expect(events.filter((event) => event.kind === 'queued')).toEqual([
      { kind: 'queued', place: 2 },
      { kind: 'queued', place: 1 },
    ]);
    expect(text).toBe('third');
    expect(engine.requests).toHaveLength(2);
  });

  it('says at once that the model is loaded first, and nothing of it when it is there', async () => {
    const { client: c } = build(() => [{ say: 'word' }]);
    const cold = await ask(c);
    expect(cold.events[0]).toEqual({ kind: 'loading', fraction: null });
    expect((await ask(c)).events.filter(({ kind }) => kind === 'loading')).toEqual([]);
    await c.unload();
    expect((await ask(c)).events[0]).toEqual({ kind: 'loading', fraction: null });
  });

  it('tells who waits for a model that is being loaded that it waits for that, not for others', async () => {
    const { client: c } = build(() => [{ say: 'word' }]);
    const loaded = c.load(MODEL);
    const { events } = await ask(c);
    await loaded;
    expect(events.map(({ kind }) => kind)).not.toContain('queued');
    expect(events[0]).toEqual({ kind: 'loading', fraction: null });
  });

  it('asks as many at once as the model answers, and the rest when one is done', async () => {
    const { client: c, engine } = build((index) => [{ hold: `go ${index}` }, { say: `reply ${index}` }], {}, 2);
    const answers = [ask(c), ask(c), ask(c)];
    await expect.poll(() => engine.requests.length).toBe(2);
    engine.release('go 1');
    expect((await answers[1])?.text).toBe('reply 1');
    await expect.poll(() => engine.requests.length).toBe(3);
    engine.release('go 0');
    engine.release('go 2');
    const third = await answers[2];
    expect(third?.text).toBe('reply 2');
    expect(third?.events[0]).toMatchObject({ kind: 'queued' });
  });

  it('serves conversations in turn, however much one of them asks', async () => {
    const { client: c, engine } = build((index) => (index === 0 ? [{ hold: 'go' }, { say: 'a' }] : [{ say: 'b' }]));
    const first = ask(c, { stateKey: 'loud' });
    const loud = [1, 2, 3].map(() => ask(c, { stateKey: 'loud' }));
    const quiet = ask(c, { stateKey: 'quiet' });
    await expect.poll(() => engine.requests.length).toBe(1);
    engine.release('go');
    await Promise.all([first, ...loud, quiet]);
    expect(engine.requests.map(({ stateKey }) => stateKey)).toEqual(['loud', 'loud', 'quiet', 'loud', 'loud']);
  });

  it('does not mix two models: the second is loaded when the first has answered', async () => {
    const { client: c, engine } = build((index) => (index < 2 ? [{ hold: `go ${index}` }] : [{ say: 'c' }]), {}, 4);
    const other: ModelSpec = { ...MODEL, modelId: 'local/other', path: '/models/other.gguf' };
    const answers = [ask(c), ask(c), ask(c, { model: other }), ask(c)];
    await expect.poll(() => engine.requests.length).toBe(2);
    engine.release('go 0');
    await answers[0];
    expect(engine.requests).toHaveLength(2);
    engine.release('go 1');
    await Promise.all(answers);
    expect(engine.requests.map(({ model }) => model.path)).toEqual([MODEL.path, MODEL.path, other.path, MODEL.path]);
  });

  it('loses those who are being answered with the process, and none who wait', async () => {
    const { client: c } = build(
      (index) =>
        index === 0
          ? [{ say: 'half' }, { hold: 'never' }]
          : index === 1
            ? [{ say: 'x' }, { crash: null }]
            : [{ say: 'whole' }],
      {},
      2,
    );
    const [first, second, third] = await Promise.all([ask(c), ask(c), ask(c)]);
    expect(first?.last).toMatchObject({ kind: 'fault', fault: { code: 'local_crash' } });
    expect(second?.last).toMatchObject({ kind: 'fault', fault: { code: 'local_crash' } });
    expect(third?.text).toBe('whole');
  });

  it('does not ask at all for what was aborted before', async () => {
    const { client: c, engine } = build(() => [{ say: 'x' }]);
    const { last } = await ask(c, { signal: AbortSignal.abort() });
    expect(last).toMatchObject({ kind: 'end', finish: 'cancelled' });
    expect(engine.spawned()).toBe(0);
  });

  it('stops the engine when the reader walks away', async () => {
    const { client: c } = build((index) => (index === 0 ? [{ say: 'a' }, { hold: 'never' }] : [{ say: 'b' }]));
    const request = { model: MODEL, messages: [{ role: 'user' as const, text: 'hi' }], sampling: {}, stateKey: null };
    for await (const event of c.generate(request, new AbortController().signal)) if (event.kind === 'delta') break;
    expect((await ask(c)).text).toBe('b');
  });

  it('passes the engine’s own faults on with whose they are', async () => {
    const { client: c } = build(() => [{ fail: 'context_length', detail: 'Too long.' }]);
    expect((await ask(c)).last).toMatchObject({
      kind: 'fault',
      fault: { code: 'context_length', origin: 'prompt', recoverable: false, detail: 'Too long.' },
    });
  });

  it('counts while another reply runs', async () => {
    const { client: c, engine } = build(() => [{ say: 'a' }, { hold: 'go' }]);
    const counted: Promise<number>[] = [];
    const reply = ask(c, {
      onEvent: (event) => {
        if (event.kind === 'delta') counted.push(c.count(MODEL, [{ role: 'user', text: 'three short words' }]));
      },
    });
    await expect.poll(() => counted.length).toBe(1);
    expect(await counted[0]).toBe(7);
    engine.release('go');
    await reply;
  });

  it('reports what was measured', async () => {
    const { client: c, measured } = build(() => []);
    await c.calibrate(MODEL, 100);
    expect(measured).toEqual(['local/test']);
  });

  it('falls back to the CPU, and says so, when a graphics card ends the process before it is ready', async () => {
    const engine = createScriptedEngine();
    const asked: unknown[] = [];
    const c = createLlamaClient({
      spawn: () => {
        const host = engine.spawn();
        const post = (message: unknown): void => {
          asked.push(message);
          if (typeof message === 'object' && message !== null && Reflect.get(message, 'backend') === 'vulkan')
            host.kill();
          else host.post(message);
        };
        return { ...host, post };
      },
      clock: systemClock,
      log: silentLog,
      backend: () => 'vulkan',
      onMeasured: () => undefined,
    });
    client = c;
    expect((await ask(c)).last?.kind).toBe('fault');
    expect((await ask(c)).last?.kind).toBe('end');
    expect(asked.filter((m) => Reflect.get(Object(m), 't') === 'start')).toEqual([
      { t: 'start', backend: 'vulkan' },
      { t: 'start', backend: 'cpu' },
    ]);
    expect(c.status().warning).toContain('vulkan');
    expect(c.status().lostBackend).toBe('vulkan');
  });

  it('ends with a fault when no process can be started at all', async () => {
    const c = createLlamaClient({
      spawn: () => {
        throw new Error('no more processes');
      },
      clock: systemClock,
      log: silentLog,
      backend: () => 'cpu',
      onMeasured: () => undefined,
    });
    client = c;
    expect((await ask(c)).last).toMatchObject({ kind: 'fault', fault: { code: 'local_crash' } });
  });

  it('ends everything and the process when disposed', async () => {
    const { client: c, engine } = build(() => [{ say: 'a' }, { hold: 'never' }]);
    const running = ask(c);
    const waiting = ask(c);
    await expect.poll(() => engine.requests.length).toBe(1);
    await c.dispose();
    expect((await running).last?.kind).toBe('fault');
    expect((await waiting).last?.kind).toBe('fault');
    expect(engine.alive()).toBe(0);
    expect((await ask(c)).last?.kind).toBe('fault');
  });
});
