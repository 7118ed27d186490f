import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import type { Clock } from '../../electron/base/clock.ts';
import type { Config } from '../../electron/contract/config.ts';
import type { ProviderConfig } from '../../electron/contract/providers.ts';
import type { CoreOptions } from '../../electron/core.ts';
import { makeCore } from '../support/scripted-core.ts';
import { createScriptedEngine } from '../support/scripted-engine.ts';
import { farProvider } from '../support/providers/far-provider.ts';
import { startProvider } from '../support/providers/start-provider.ts';
import type { Script } from '../support/providers/start-provider.ts';

/** A clock that can be set forward. */
function movable(): Clock & { forward(ms: number): void } {
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    monotonicMs: () => systemClock.monotonicMs() + ahead,
    forward(ms) {
      ahead += ms;
    },
  };
}

/** A provider is the first choice; the starter model of this machine is what is left. */
async function setUp(script: Script, options: Partial<CoreOptions> = {}, provider: Partial<ProviderConfig> = {}) {
  const far = await startProvider('openai', script);
  onTestFinished(() => far.close());
  const made = await makeCore([{ say: 'from here' }], options);
  const config: ProviderConfig = {
    ...farProvider(far.url, [
      { id: 'big', enabled: true, quality: 0.9, contextTokens: 100_000, usdPerMTokIn: 1, usdPerMTokOut: 10 },
    ]),
    ...provider,
  };
  const save = (more: Partial<Config>) => made.core.settings.save({ ...made.core.settings.config(), ...more });
  save({ policy: 'best-quality', providers: [config] });
  /** What a person is told about one answer: in the chat and, the same, in its trace. */
  const told = async () => {
    const { message } = await made.ask('Hi');
    const root = made.core.traces.get(message.reply?.traceId ?? '')?.spans.find(({ parentId }) => parentId === null);
    expect(root?.attributes['degradedReason'] ?? null).toBe(message.reply?.degradedReason);
    return { route: message.reply?.route, why: message.reply?.degradedReason };
  };
  return { ...made, far, save, config, told };
}

const FINE = { route: 'cloud', why: null };
const here = (why: RegExp) => ({ route: 'local', why: expect.stringMatching(why) as string });

describe('an answer that is not the first choice says why, and the first choice comes back by itself', () => {
  it('when there is no network', async () => {
    let online: boolean | null = false;
    // A server of this machine is reached without a network; this one has another name for it.
    const { told, save, config, far } = await setUp({}, { machine: { online: () => online, onBattery: () => false } });
    save({ providers: [{ ...config, baseUrl: far.url.replace('127.0.0.1', '0.0.0.0') }] });
    expect(await told()).toEqual(here(/^big cannot answer now\. There is no network/u));
    online = null;
    expect(await told()).toEqual(FINE);
  });

  it('when the provider asks to wait', async () => {
    const clock = movable();
    const { told } = await setUp(
      (_, number) => (number === 0 ? { status: 429, headers: { 'retry-after': '60' }, body: {} } : {}),
      { clock },
    );
    expect(await told()).toEqual(here(/^big failed\. /u));
    expect(await told()).toEqual(here(/asked to wait \d+ s more/u));
    clock.forward(61_000);
    expect(await told()).toEqual(FINE);
  });

  it('when a budget is used up', async () => {
    const { told, save, config } = await setUp({}, {}, { usdPerDay: 0.000001 });
    expect(await told()).toEqual(here(/of the budget is left/u));
    save({ providers: [config].map((each) => ({ ...each, usdPerDay: 5 })) });
    expect(await told()).toEqual(FINE);
  });

  it('when the budget leaves money for a shorter answer only, which is then asked for', async () => {
    const { told, far, save, config } = await setUp({}, {}, { usdPerDay: 0.006 });
    const told1 = await told();
    expect(told1.route).toBe('cloud');
    const limit = Number(/limited to (\d+) tokens/u.exec(told1.why ?? '')?.[1]);
    expect(limit).toBeGreaterThan(500);
    expect(limit * 10e-6).toBeLessThanOrEqual(0.006);
    expect(far.requests[0]?.body).toMatchObject({ max_tokens: limit });
    save({ providers: [{ ...config, usdPerDay: 5 }] });
    expect(await told()).toEqual(FINE);
  });

  it('when its breaker is open', async () => {
    const clock = movable();
    let down = true;
    const { told } = await setUp(() => (down ? { status: 500, body: { error: { message: 'boom' } } } : {}), { clock });
    for (let at = 0; at < 3; at++) await told();
    expect(await told()).toEqual(here(/it is tried again in \d+ s/u));
    down = false;
    clock.forward(301_000);
    expect(await told()).toEqual(FINE);
  });

  it('when its first word does not come', async () => {
    let slow = true;
    const { told, core, config, save } = await setUp(() => (slow ? { steps: [{ open: true }, { stall: true }] } : {}));
    const text =
      'name: quick\nobjective: {quality: 1}\nladder: [{to: best}, {to: starter}]\nlimits: {firstTokenMs: 100, retries: 0}\n';
    core.policies.save(text, 'test');
    save({ policy: 'quick', providers: [config] });
    expect(await told()).toEqual(here(/The first word took longer than 100 ms/u));
    slow = false;
    expect(await told()).toEqual(FINE);
  });

  it('when nobody checked it, because the filter of the provider failed', async () => {
    const chunk = {
      choices: [
        { index: 0, delta: { content: 'Hi' }, content_filter_results: { error: { code: 'content_filter_error' } } },
      ],
    };
    const { told } = await setUp((_, number) =>
      number === 0 ? { steps: [{ raw: `data: ${JSON.stringify(chunk)}\n\n` }] } : {},
    );
    expect(await told()).toEqual({ route: 'cloud', why: expect.stringMatching(/content filter failed/u) as string });
    expect(await told()).toEqual(FINE);
  });

  it('when the graphics card is gone', async () => {
    const engine = createScriptedEngine({ script: () => [{ say: 'slowly' }] });
    const { ask, core } = await makeCore([], {
      spawnHost: () => {
        const host = engine.spawn();
        const post = (message: unknown): void => {
          if (Reflect.get(Object(message), 'backend') === 'vulkan') host.kill();
          else host.post(message);
        };
        return { ...host, post };
      },
    });
    core.settings.save({ ...core.settings.config(), engine: { ...core.settings.config().engine, backend: 'vulkan' } });
    const { reply } = (await ask('Hi')).message;
    expect(reply).toMatchObject({ degraded: true, finishReason: 'stop' });
    expect(reply?.degradedReason).toMatch(/“vulkan” stopped working, so the model runs on the processor/u);
  });
});

describe('a conversation that a second choice answered', () => {
  it('goes back to the first choice as soon as that can answer, however close the second comes', async () => {
    const clock = movable();
    const { ask, save, config } = await setUp(
      (_, number) => (number === 0 ? { status: 429, headers: { 'retry-after': '60' }, body: {} } : {}),
      { clock },
    );
    const second = await startProvider('openai');
    onTestFinished(() => second.close());
    const models = [
      { id: 'near', enabled: true, quality: 0.88, contextTokens: 100_000, usdPerMTokIn: 1, usdPerMTokOut: 10 },
    ];
    save({ providers: [config, { ...farProvider(second.url, models), id: 'second' }] });
    const first = await ask('Hi');
    expect(first.message.reply?.modelId).toBe('second/near');
    clock.forward(61_000);
    const next = await ask('And now?', { conversationId: first.message.conversationId, parentId: first.message.id });
    expect(next.message.reply).toMatchObject({ modelId: 'far/big', degradedReason: null });
  });
});
