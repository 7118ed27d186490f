import { describe, expect, it } from 'vitest';
import { AT, makeBegin, makeStore, playTurn } from '../../test/flow/storage-kit.ts';

describe('export and import', () => {
  it('carry every branch, setting and rating to another data folder, once', () => {
    const from = makeStore();
    const c = from.mintId();
    const first = playTurn(from, c, null, 'one', 'two');
    const edited = playTurn(from, c, null, 'one, edited', 'other');
    playTurn(from, c, first.userId, null, 'another two');
    playTurn(from, c, edited.replyId, 'three', 'four');
    from.store.chat.update(
      c,
      { title: 'Plans', pinned: true, private: true, sampling: { topK: 4 }, systemPrompt: 'Hm.' },
      AT,
    );
    from.store.chat.showBranch(first.replyId);
    from.store.feedback.give({
      id: from.mintId(),
      messageId: first.replyId,
      rating: 'up',
      reason: null,
      note: '',
      at: AT,
    });
    playTurn(from, from.mintId(), null, 'not asked for', 'x');
    const [dump] = [...from.store.dump.conversations(c)];
    if (!dump) throw new Error('nothing was exported');
    const to = makeStore();
    expect(to.store.chat.importConversation(dump)).toBe(true);
    expect(to.store.chat.importConversation(dump)).toBe(false);
    expect([...to.store.dump.conversations(null)]).toEqual([dump]);
    expect(to.store.chat.thread(c, null, 50)).toEqual(from.store.chat.thread(c, null, 50));
    expect(to.store.chat.search('another', 5)).toHaveLength(1);
  });

  it('leave deleted conversations out', () => {
    const kit = makeStore();
    const c = kit.mintId();
    playTurn(kit, c, null, 'one', 'two');
    kit.store.chat.remove(c, AT);
    expect([...kit.store.dump.conversations(null)]).toEqual([]);
  });

  it('import a reply that was still being written as ended', () => {
    const from = makeStore();
    const begin = makeBegin(from.mintId, from.mintId(), null, 'one');
    from.store.chat.beginTurn(begin);
    from.store.chat.checkpoint(begin.replyId, 'hal');
    const to = makeStore();
    for (const dump of from.store.dump.conversations(null)) to.store.chat.importConversation(dump);
    expect(to.store.chat.message(begin.replyId)).toMatchObject({ status: 'partial', reply: { finishReason: 'fault' } });
    expect(to.store.chat.closeInterrupted(AT)).toBe(0);
  });

  it('refuse a conversation with a hole or a circle and store nothing of it', () => {
    const kit = makeStore();
    const c = kit.mintId();
    playTurn(kit, c, null, 'one', 'two');
    const [dump] = [...kit.store.dump.conversations(c)];
    const [question, answer] = dump?.messages ?? [];
    if (!dump || !question || !answer) throw new Error('nothing was exported');
    const to = makeStore();
    const hole = { ...dump, messages: [answer] };
    const circle = { ...dump, messages: [{ ...question, parentId: answer.id }, answer] };
    for (const bad of [hole, circle]) expect(() => to.store.chat.importConversation(bad)).toThrow(/not whole/);
    expect(to.store.chat.list().conversations).toEqual([]);
  });
});
