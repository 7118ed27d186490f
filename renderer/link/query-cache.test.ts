import { describe, expect, it } from 'vitest';
import { createLinkClient } from './client.ts';
import { createQueryCache } from './query-cache.ts';
import { createFakeCore } from './testing/fake-core.ts';
import type { FakeHandlers } from './testing/fake-core.ts';

const setup = (handlers: FakeHandlers) => {
  const client = createLinkClient();
  const core = createFakeCore(handlers);
  client.connect(core.port);
  return { cache: createQueryCache(client), core };
};
const settled = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

describe('answers kept by call and input', () => {
  it('asks once for two readers of the same call', async () => {
    const { cache, core } = setup({ 'draft.get': () => ({ text: 'one' }) });
    cache.read('draft.get', { conversationId: null }, [], () => undefined);
    cache.read('draft.get', { conversationId: null }, [], () => undefined);
    await settled();
    expect(core.calls).toHaveLength(1);
    expect(cache.peek('draft.get', { conversationId: null }).data).toEqual({ text: 'one' });
  });

  it('asks again when a topic goes stale, and shows the old answer meanwhile', async () => {
    let version = 0;
    const { cache } = setup({ 'draft.get': () => ({ text: `v${++version}` }) });
    const seen: unknown[] = [];
    const at = { conversationId: null };
    cache.read('draft.get', at, ['chats'], () => seen.push({ ...cache.peek('draft.get', at) }));
    await settled();
    cache.invalidate(['chats']);
    await settled();
    expect(seen).toEqual([
      { data: undefined, fault: null, fetching: true },
      { data: { text: 'v1' }, fault: null, fetching: false },
      { data: { text: 'v1' }, fault: null, fetching: true },
      { data: { text: 'v2' }, fault: null, fetching: false },
    ]);
  });

  it('asks nothing for an unread answer until somebody reads it', async () => {
    const { cache, core } = setup({ 'draft.get': () => ({ text: '' }) });
    const leave = cache.read('draft.get', { conversationId: null }, ['chats'], () => undefined);
    await settled();
    leave();
    cache.invalidate(['chats']);
    await settled();
    expect(core.calls).toHaveLength(1);
    cache.read('draft.get', { conversationId: null }, ['chats'], () => undefined);
    await settled();
    expect(core.calls).toHaveLength(2);
  });

  it('asks once more when the topic went stale while it was asking', async () => {
    const waiting: ((value: { text: string }) => void)[] = [];
    const { cache, core } = setup({ 'draft.get': () => new Promise((resolve) => waiting.push(resolve)) });
    cache.read('draft.get', { conversationId: null }, ['chats'], () => undefined);
    cache.invalidate(['chats']);
    cache.invalidate(['chats']);
    waiting[0]?.({ text: 'old' });
    await settled();
    waiting[1]?.({ text: 'new' });
    await settled();
    expect(core.calls).toHaveLength(2);
    expect(cache.peek('draft.get', { conversationId: null }).data).toEqual({ text: 'new' });
  });

  it('keeps the last good answer when asking again fails, and says why', async () => {
    let fail = false;
    const { cache } = setup({
      'draft.get': () => {
        if (fail) throw new Error('The disk is full.');
        return { text: 'good' };
      },
    });
    cache.read('draft.get', { conversationId: null }, ['chats'], () => undefined);
    await settled();
    fail = true;
    cache.invalidate(['chats']);
    await settled();
    const state = cache.peek('draft.get', { conversationId: null });
    expect(state.data).toEqual({ text: 'good' });
    expect(state.fault?.detail).toBe('The disk is full.');
  });

  it('shows what was put in place without asking', async () => {
    const { cache, core } = setup({ 'draft.get': () => ({ text: 'old' }) });
    const at = { conversationId: null };
    cache.read('draft.get', at, [], () => undefined);
    await settled();
    cache.put('draft.get', at, () => ({ text: 'known' }));
    expect(cache.peek('draft.get', at).data).toEqual({ text: 'known' });
    expect(core.calls).toHaveLength(1);
  });
});
