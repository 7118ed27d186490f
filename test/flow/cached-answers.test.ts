import { describe, expect, it } from 'vitest';
import { makeCore, mintId } from '../support/scripted-core.ts';
import { hello, routedApi } from '../support/routed-api.ts';
import type { AnswerScript, Wire } from '../support/providers/script.ts';
import { createVirtualTime } from '../support/virtual-time.ts';

const KEPT = {
  text: 'x',
  toolCalls: [],
  finish: 'stop',
  modelId: 'm',
  modelName: 'M',
  usage: { tokensIn: 1, tokensCached: 0, tokensOut: 1 },
  costUsd: 0,
} as const;

async function caching() {
  const made = await makeCore([{ say: 'Paris.' }]);
  const { core } = made;
  const config = core.settings.config();
  core.settings.save({ ...config, cache: { ...config.cache, exact: 'always' } });
  const routeOf = async (text: string, conversationId = mintId()) => {
    const { message } = await made.ask(text, { conversationId });
    return message.reply?.route;
  };
  return { ...made, routeOf };
}

describe('answers that were kept', () => {
  it.each(['deleted', 'made private'])('are given no more once their conversation is %s', async (what) => {
    const { core, engine, routeOf } = await caching();
    const conversationId = mintId();
    await routeOf('capital of France?', conversationId);
    expect(await routeOf('capital of France?')).toBe('cached');
    if (what === 'deleted') core.chats.remove(conversationId);
    else core.chats.update(conversationId, { private: true });
    expect(await routeOf('capital of France?')).toBe('local');
    expect(engine.requests).toHaveLength(2);
  });

  it('are not what somebody gets who asks for another reply, which takes their place', async () => {
    let said = 0;
    const made = await makeCore(() => [{ say: `answer ${String(++said)}` }]);
    const { core } = made;
    const config = core.settings.config();
    core.settings.save({ ...config, cache: { ...config.cache, exact: 'always' } });
    const { message } = await made.ask('hi there?');
    const turnId = mintId();
    core.turns.regenerate({ turnId, replyId: mintId(), messageId: message.id });
    const again = await core.turns.ended(turnId);
    expect([message.text, again.message.text, again.message.reply?.route]).toEqual(['answer 1', 'answer 2', 'local']);
    const later = await made.ask('hi there?');
    expect([later.message.text, later.message.reply?.route]).toEqual(['answer 2', 'cached']);
  });

  it('are gone when the cache of them is switched off, and none comes late', async () => {
    const { core, engine, send } = await makeCore([{ say: 'Par' }, { hold: 'on' }, { say: 'is.' }]);
    const { exact, semantic } = core.store.cache;
    const set = (cache: object) => {
      const config = core.settings.config();
      core.settings.save({ ...config, cache: { ...config.cache, ...cache } });
    };
    set({ exact: 'always', semantic: true });
    exact.put('old', { ...KEPT, storedAt: Date.now() }, null);
    semantic.put('f', 'old', [1], { ...KEPT, storedAt: Date.now() }, null);
    const { turnId } = send('capital of France?');
    set({ exact: 'off', semantic: false });
    expect([exact.get('old'), semantic.alike('f', 0)]).toEqual([null, []]);
    engine.release('on');
    await core.turns.ended(turnId);
    set({ exact: 'always' });
    const { message } = await core.turns.ended(send('capital of France?').turnId);
    expect(message.reply?.route).toBe('local');
  });

  it('are kept with all that a model says beside its words', async () => {
    const { core } = await makeCore([]);
    const { exact } = core.store.cache;
    const usage = { ...KEPT.usage, tokensCacheWrite: 2, tokensReasoning: 3 };
    const full = { ...KEPT, usage, reasoning: 'hm', stopSequence: 'END', storedAt: Date.now() };
    exact.put('full', full, null);
    expect(exact.get('full')).toEqual(full);
  });

  it('are removed when they are too old, soon after the start and again while the app runs', async () => {
    const time = createVirtualTime();
    const { core } = await makeCore([], { timers: time.timers });
    const { exact, semantic } = core.store.cache;
    const ttlMs = core.settings.config().cache.exactTtlSeconds * 1000;
    const keep = (key: string, storedAt: number) => {
      exact.put(key, { ...KEPT, storedAt }, null);
      semantic.put('f', key, [1], { ...KEPT, storedAt }, null);
    };
    const left = () =>
      ['old', 'new'].filter((key) => exact.get(key)).concat(semantic.alike('f', 0).map((row) => row.question));
    keep('old', Date.now() - ttlMs - 1000);
    keep('new', Date.now());
    core.onReady();
    await time.pass(60_000);
    expect(left()).toEqual(['new', 'new']);
    keep('old', Date.now() - ttlMs - 1000);
    await time.pass(7 * 60 * 60 * 1000);
    expect(left()).toEqual(['new', 'new']);
  });
});

/** Asks the local API at temperature 0, as a program does. */
async function asking(wire: Wire, script: AnswerScript = hello) {
  const made = await routedApi(wire, script);
  const { core, url, token } = made;
  const post = async (path: string, more: object) => {
    const body = { model: 'far/big', max_tokens: 100, temperature: 0, messages: [{ role: 'user', content: 'Paris?' }] };
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, ...more }),
    });
    // What is of one answer alone: its id and its time.
    const text = (await response.text()).replaceAll(/"id":"(?:chatcmpl|msg)[^"]*"|"created":\d+/gu, '');
    return { cache: response.headers.get('x-switchyard-cache'), text };
  };
  const chat = (more: object = {}) => post('/v1/chat/completions', more);
  const move = (change: (url: string) => string): void => {
    const config = core.settings.config();
    const providers = config.providers.map((far) => ({ ...far, baseUrl: change(far.baseUrl ?? '') }));
    core.settings.save({ ...config, providers });
  };
  return { ...made, post, chat, move };
}

describe('an answer from the cache', () => {
  const thinking: AnswerScript = {
    steps: [{ reasoning: 'hm' }, { text: 'Yes.' }],
    usage: { in: 9, out: 7, reasoning: 4 },
  };
  const END = { type: 'message_delta', delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' }, usage: {} };
  const stopped: AnswerScript = {
    steps: [
      { text: 'Yes ' },
      ...[{ type: 'content_block_stop', index: 0 }, END, { type: 'message_stop' }].map((event) => ({
        raw: `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
      })),
    ],
    finish: null,
  };

  it.each([
    ['what a model thought', 'openai', thinking, '/v1/chat/completions', {}, 'hm'],
    ['what a model thought, as it comes,', 'openai', thinking, '/v1/chat/completions', { stream: true }, 'hm'],
    ['the sequence it stopped at', 'anthropic', stopped, '/v1/messages', { stop_sequences: ['END'] }, 'END'],
  ] as const)('has %s as the first one had', async (_, wire, script, path, more, part) => {
    const { post } = await asking(wire, script);
    const first = await post(path, more);
    const second = await post(path, more);
    expect(first.text).toContain(part);
    expect(second).toEqual({ cache: 'exact', text: first.text });
  });

  it('is none of a server that has another address by now, and is one though the price is another', async () => {
    const { core, chat, move } = await asking('openai');
    await chat();
    const config = core.settings.config();
    const dearer = config.providers.map((far) => ({
      ...far,
      models: far.models.map((model) => ({ ...model, usdPerMTokIn: 7 })),
    }));
    core.settings.save({ ...config, providers: dearer });
    expect((await chat()).cache).toBe('exact');
    move((url) => url.replace('127.0.0.1', 'localhost'));
    expect((await chat()).cache).toBeNull();
  });

  it('of whoever was best is none when others are to choose from', async () => {
    const { core, chat } = await asking('openai');
    const auto = () => chat({ model: 'switchyard/auto' });
    const config = core.settings.config();
    const best = await auto();
    expect(await auto()).toEqual({ cache: 'exact', text: best.text });
    core.settings.save({ ...config, providers: [] });
    const alone = await auto();
    expect([alone.cache, alone.text.includes('from here')]).toEqual([null, true]);
    core.settings.save(config);
    expect(await auto()).toEqual({ cache: 'exact', text: best.text });
  });

  it('is never a call of a tool that nobody offered', async () => {
    const call = { index: 0, id: 'c1', name: 'launch', argumentsText: '{}' };
    const { chat, far } = await asking('openai', { steps: [{ tool: call }], finish: 'tool_calls' });
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }];
    await chat({ tools });
    expect([(await chat({ tools })).cache, far.requests.length]).toEqual([null, 2]);
  });
});
