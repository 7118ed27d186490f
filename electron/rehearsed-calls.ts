import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from './base/clock.ts';
import { createEventQueue } from './base/event-queue.ts';
import type { MintId } from './base/ids.ts';
import { silentLog } from './base/log.ts';
import type { Timers } from './base/timers.ts';
import { providerConfig } from './contract/providers.ts';
import { classify } from './model/classify/classify.ts';
import { createEgress } from './model/egress/egress.ts';
import { wholeText } from './model/egress/answer-body.ts';
import { createCloudProvider } from './model/providers/cloud/index.ts';
import { cloudEntryOf } from './model/providers/cloud/entries.ts';
import { createAnswerer } from './orchestration/answer/answer.ts';
import type { Complete, CompleteEvent } from './orchestration/complete/complete.ts';
import { createComplete } from './orchestration/complete/create-complete.ts';
import { createExecution, createStickyMemory, loadBuiltInPolicies } from './router/index.ts';
import { createTraceRecorder } from './telemetry/recorder.ts';

/**
 * As many as it takes until the engine of JavaScript has compiled what a call runs through: one to two seconds, of which a thousand of the next
 * calls have a tenth less each (docs/decisions/access-api.md).
 */
const CALLS = 1500;
/** This share of them one after the other, the others so many at once: calls side by side go other ways. */
const ALONE = 2 / 3;
const AT_ONCE = 32;
/** A slow machine has better to do than more of it, in ms. */
const MOST_MS = 4000;
const WORDS = Array.from({ length: 20 }, (_, at) => `word ${String(at)} `);
const ID = 'rehearsal';
const MODEL = `${ID}/model`;

export interface RehearsedCallsDeps {
  readonly resourcesDir: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly mintId: MintId;
  /** Somebody has called: the real ones go first, and do as well. */
  readonly isOver: () => boolean;
  /** Absent = 1,500. */
  readonly most?: number;
}

/** What the start and the rehearsal left is collected while nobody waits: it would take up to 40 ms out of the first hundreds of calls. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const run: unknown = runInNewContext('gc');
  if (typeof run === 'function') Reflect.apply(run, null, []);
}

/** Says some words, each in a tick of its own. */
function scripted(mintId: MintId): Complete {
  return {
    start() {
      const queue = createEventQueue<CompleteEvent>();
      const route = { modelId: MODEL, modelName: ID, route: 'cloud', degraded: false, degradedReason: null } as const;
      queue.push({ kind: 'route', ...route });
      let at = 0;
      const say = (): void => {
        const text = WORDS[at++];
        if (text !== undefined) {
          queue.push({ kind: 'delta', text });
          setImmediate(say);
          return;
        }
        queue.push({ kind: 'end', finish: 'stop', tokensIn: 5, tokensCached: 0, tokensOut: 20, costUsd: 0 });
        queue.close();
      };
      setImmediate(say);
      return { traceId: mintId(), events: queue.read() };
    },
  };
}

/**
 * Calls a local API for nobody once `serve` is there, so that the first real call finds everything as the thousandth does (without: about
 * three times slower at first). A second way of the same parts: its own API, router and door out, a scripted provider on loopback, and
 * nothing that is stored, counted or logged. Resolves with the calls made; ends by itself, or when it is over.
 */
export async function rehearseCalls({
  resourcesDir,
  clock,
  timers,
  mintId,
  isOver,
  most = CALLS,
}: RehearsedCallsDeps): Promise<number> {
  const { createApi } = await import('./access/api/api.ts');
  const grant = { name: ID, requestsPerMinute: null, concurrency: null, usdPerDay: null };
  const token = mintId();
  const apiOf = (complete: Complete) =>
    createApi({
      complete,
      models: () => [{ id: MODEL, name: ID, provider: ID, contextTokens: 32_768, addedAt: 0, usable: true }],
      verifyToken: (offered) => (offered === token ? grant : null),
      version: ID,
      clock,
      log: silentLog,
    });
  const egress = createEgress({ log: { begin: () => undefined, end: () => undefined }, clock, mintId });
  const provider = apiOf(scripted(mintId));
  const { url } = await provider.listen(0);
  const config = providerConfig.parse({
    id: ID,
    kind: 'openai-compatible',
    baseUrl: `${url}/v1`,
    apiKey: { env: ID },
    models: [{ id: MODEL }],
  });
  const entry = {
    ...cloudEntryOf(config, config.models[0] ?? { id: MODEL, enabled: true }, {
      hasKey: true,
      known: null,
      observed: null,
    }),
    id: MODEL,
  };
  const execution = createExecution({
    provider: createCloudProvider({
      egress,
      keyOf: () => token,
      find: () => ({ config, model: config.models[0] ?? { id: MODEL, enabled: true } }),
      classify,
      clock,
    }),
    clock,
    timers,
    random: Math.random,
    budget: {
      reserve: () => ({ ok: true, hold: { settle: () => undefined, release: () => undefined } }),
      leftUsd: () => Infinity,
    },
    costUsd: () => 0,
    reachableOffline: () => true,
    onError: () => undefined,
  });
  const models = {
    list: () => [entry],
    engine: () => ({ state: 'stopped' as const, backend: null, warning: null, loadedModelId: null, crashes: 0 }),
    provider: { countTokens: () => Promise.resolve(null) },
  };
  const policy = loadBuiltInPolicies(resourcesDir).usual();
  const answer = createAnswerer({
    models,
    clock,
    machine: { onBattery: () => false, online: () => null },
    freeBytes: () => null,
    policy: () => policy,
    sticky: createStickyMemory(clock),
    health: () => ({
      online: true,
      reachableOffline: () => true,
      breakerOf: (modelId) => execution.breakers.breakerOf(modelId),
      paceUntil: () => null,
      budgetLeftUsd: () => Infinity,
      budgetWords: () => '',
    }),
    execution,
    cache: { get: () => null, put: () => undefined, forget: () => undefined, clear: () => undefined },
    cacheMode: () => 'off',
    semantic: { find: () => Promise.resolve(null), put: () => undefined },
    isBudgeted: () => false,
  });
  const api = apiOf(
    createComplete({
      answer,
      traces: { save: () => undefined },
      clock,
      mintId,
      startTrace: (traceId, rootName) => createTraceRecorder({ clock, mintId }, traceId, rootName),
      log: silentLog,
    }),
  );
  const address = `${(await api.listen(0)).url}/v1/chat/completions`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const origin = { traceId: '', conversationId: null, private: false, purpose: 'test' as const };
  const ask = { providerId: ID, modelId: null, origin, trustedForPrivate: false };
  const untilMs = clock.monotonicMs() + MOST_MS;
  let calls = 0;
  const callUntil = async (last: number): Promise<void> => {
    while (calls < last && !isOver() && clock.monotonicMs() < untilMs) {
      const content = `A call for nobody, number ${String(calls++)}.`;
      const body = JSON.stringify({ model: MODEL, stream: true, messages: [{ role: 'user', content }] });
      const { body: said } = await egress.send(ask, address, { method: 'POST', headers, body, signal: null });
      if (!(await wholeText(said)).includes('[DONE]')) throw new Error('A rehearsed call had no answer.');
    }
  };
  try {
    await callUntil(Math.ceil(most * ALONE));
    await Promise.all(Array.from({ length: AT_ONCE }, () => callUntil(most)));
  } finally {
    egress.dispose();
    await Promise.all([api.close(), provider.close()]);
    execution.dispose();
  }
  if (!isOver()) collect();
  return calls;
}
