import { describe, expect, it } from 'vitest';
import { makeCore, mintId } from '../support/scripted-core.ts';
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
