import { describe, expect, it } from 'vitest';
import type { Timers } from '../base/timers.ts';
import type { ModelEvent, ModelProvider } from '../model/model.ts';
import { attempt, LOCAL_DEADLINES } from './attempt.ts';

const request = { modelId: 'm', messages: [{ role: 'user' as const, text: 'Hi' }], sampling: {}, stateKey: null };
const usage = { tokensIn: 3, tokensCached: 0, tokensOut: 1 };
const timings = { queueMs: 0, loadMs: 0, prefillMs: 1, decodeMs: 1, tokensPerSecond: null };

/** Time that passes only when the test says so. */
function makeTimers() {
  let now = 0;
  const waiting = new Map<object, { at: number; action: () => void }>();
  const timers: Timers = {
    after(delayMs, action) {
      const key = {};
      waiting.set(key, { at: now + delayMs, action });
      return () => waiting.delete(key);
    },
  };
  const settle = async () => {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  return {
    timers,
    waiting,
    async pass(ms: number) {
      await settle();
      now += ms;
      for (const [key, { at, action }] of [...waiting]) if (at <= now && waiting.delete(key)) action();
      await settle();
    },
  };
}

/** Says these events, then waits for the stop, then says `cancelled` unless it is deaf. */
const hanging = (events: ModelEvent[], deaf = false): ModelProvider => ({
  async *generate(_request, signal) {
    yield* events;
    await new Promise<void>((resolve) => {
      if (!deaf)
        signal.addEventListener('abort', () => {
          resolve();
        });
    });
    yield { kind: 'end', finish: 'cancelled', usage, timings, attributes: {} };
  },
  countTokens: () => Promise.resolve(null),
});
const saying = (events: ModelEvent[]): ModelProvider => ({
  async *generate() {
    yield* events;
  },
  countTokens: () => Promise.resolve(null),
});
const loaded: ModelEvent = { kind: 'loaded', loadMs: 1, backend: 'cpu', threads: 1, contextTokens: 100 };
const delta: ModelEvent = { kind: 'delta', text: 'a', tokens: 1 };

function run(provider: ModelProvider) {
  const time = makeTimers();
  const stop = new AbortController();
  const heard: string[] = [];
  const ended = attempt({ provider, timers: time.timers }, request, LOCAL_DEADLINES, stop.signal, ({ kind }) =>
    heard.push(kind),
  );
  return { ...time, stop, heard, ended };
}

describe('one attempt', () => {
  it('passes on what the model says and ends as it ends', async () => {
    const { ended, heard, waiting } = run(
      saying([loaded, delta, { kind: 'end', finish: 'stop', usage, timings, attributes: {} }]),
    );
    expect(await ended).toMatchObject({ finish: 'stop', fault: null, usage });
    expect(heard).toEqual(['loaded', 'delta']);
    expect(waiting.size).toBe(0);
  });

  it('gives up on a model that does not load in time', async () => {
    const { ended, pass } = run(hanging([]));
    await pass(LOCAL_DEADLINES.connectMs);
    expect((await ended).fault).toMatchObject({ code: 'timeout', provider: 'm' });
  });

  it('gives up on a model that falls silent in mid-reply', async () => {
    const { ended, pass } = run(hanging([loaded, delta]));
    await pass(LOCAL_DEADLINES.idleMs - 1);
    await pass(1);
    expect((await ended).fault?.detail).toMatch(/next word took longer than 120 s/);
  });

  it('waits for the first word longer than for the next', async () => {
    const { ended, pass, stop } = run(hanging([loaded]));
    await pass(LOCAL_DEADLINES.idleMs);
    stop.abort();
    expect(await ended).toMatchObject({ finish: 'cancelled', fault: null });
  });

  it('goes on without a model that does not obey a stop', async () => {
    const { ended, pass, stop } = run(hanging([loaded, delta], true));
    await pass(1);
    stop.abort();
    await pass(3000);
    expect(await ended).toMatchObject({ finish: 'cancelled' });
  });

  it('says that a stream without a last word was cut off', async () => {
    const { ended } = run(saying([loaded, delta]));
    expect((await ended).fault?.code).toBe('truncated');
  });

  it('turns a provider that throws into a fault', async () => {
    const { ended } = run({
      generate() {
        throw new Error('no such method');
      },
      countTokens: () => Promise.resolve(null),
    });
    expect((await ended).fault?.code).toBe('internal');
  });
});
