import { describe, expect, it } from 'vitest';
import { makeFault } from '../contract/fault-facts.ts';
import { AT, emptyReply, makeBegin, makeEnd, makeSpan, makeStore, playTurn } from '../../test/flow/storage-kit.ts';

describe('a stored turn', () => {
  it('keeps conversation, question, reply, trace, spans and usage over a restart', () => {
    const kit = makeStore();
    const c = kit.mintId();
    const begin = makeBegin(kit.mintId, c, null, 'What is a switchyard?', { promptVersionId: kit.mintId() });
    const { userMessage, reply } = kit.store.chat.beginTurn(begin);
    expect(userMessage).toMatchObject({ text: 'What is a switchyard?', role: 'user', reply: null, depth: 0 });
    expect(reply).toMatchObject({ status: 'streaming', text: '', depth: 1, parentId: userMessage.id });
    const spans = [makeSpan(kit.mintId())];
    const usage = {
      id: kit.mintId(),
      traceId: begin.traceId,
      at: AT,
      modelId: 'm',
      tokensIn: 1,
      tokensCached: 0,
      tokensOut: 2,
      costUsd: 0,
      providerId: 'openai',
      tokenName: 'ci',
      savedUsd: 0.25,
    };
    const local = { ...usage, id: kit.mintId(), modelId: 'local/m', providerId: 'local', tokenName: null, savedUsd: 0 };
    const ended = kit.store.chat.endTurn(makeEnd(begin, 'A yard of tracks.', { spans, usages: [usage, local] }));
    kit.store.dispose();
    const store = kit.reopen();
    expect(store.chat.message(begin.replyId)).toEqual(ended.message);
    expect(ended.message.reply).toEqual({ ...emptyReply(begin.traceId), promptVersionId: begin.promptVersionId });
    expect(store.traces.get(begin.traceId)).toMatchObject({ status: 'ok', startedAt: AT, spans });
    expect(store.traces.usage(AT, AT + 1)).toEqual([usage, local]);
    expect(store.chat.list().conversations).toEqual([ended.conversation]);
  });

  it('drops the draft of its conversation, and the draft of no conversation when it makes a new one', () => {
    const kit = makeStore();
    const { chat } = kit.store;
    const c = kit.mintId();
    chat.saveDraft(null, 'not sent yet');
    const first = playTurn(kit, c, null, 'not sent yet', 'x');
    expect(chat.draft(null)).toBe('');
    chat.saveDraft(null, 'for later');
    chat.saveDraft(c, 'and then?');
    playTurn(kit, c, first.replyId, 'and then?', 'x');
    expect([chat.draft(c), chat.draft(null)]).toEqual(['', 'for later']);
  });

  it('is refused whole when one of its ids is taken', () => {
    const kit = makeStore();
    const c = kit.mintId();
    const first = playTurn(kit, c, null, 'one', 'two');
    const begin = { ...makeBegin(kit.mintId, c, first.replyId, 'three'), replyId: first.replyId };
    expect(() => kit.store.chat.beginTurn(begin)).toThrow(
      expect.objectContaining({ fault: expect.objectContaining({ code: 'conflict' }) }),
    );
    expect(kit.store.chat.get(c)?.messageCount).toBe(2);
  });

  it('is refused in a deleted conversation, but may end in one', () => {
    const kit = makeStore();
    const c = kit.mintId();
    const begin = makeBegin(kit.mintId, c, null, 'one');
    kit.store.chat.beginTurn(begin);
    kit.store.chat.remove(c, AT);
    kit.store.chat.endTurn(makeEnd(begin, 'two'));
    expect(() => playTurn(kit, c, begin.replyId, 'three', 'x')).toThrow(/no conversation/);
    kit.store.chat.restore(c);
    expect(kit.store.chat.thread(c, null, 5).messages.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('closes what a dead process left: text kept as partial, nothing written as failed, traces ended', () => {
    const kit = makeStore();
    const c = kit.mintId();
    const [one, two, done] = [
      makeBegin(kit.mintId, c, null, 'a'),
      makeBegin(kit.mintId, c, null, 'b'),
      makeBegin(kit.mintId, c, null, 'c'),
    ];
    for (const begin of [one, two, done]) kit.store.chat.beginTurn(begin);
    kit.store.chat.checkpoint(one.replyId, 'half a sen');
    kit.store.chat.endTurn(makeEnd(done, 'whole'));
    kit.store.dispose();
    const store = kit.reopen();
    expect(store.chat.closeInterrupted(AT + 5000)).toBe(2);
    expect(store.chat.message(one.replyId)).toMatchObject({
      status: 'partial',
      text: 'half a sen',
      reply: { finishReason: 'fault', fault: { code: 'internal' } },
    });
    expect(store.chat.message(two.replyId)?.status).toBe('failed');
    expect(store.chat.message(done.replyId)?.status).toBe('complete');
    expect(store.traces.list({ status: 'failed' }, null, 10).rows).toMatchObject([
      { faultCode: 'internal', durationMs: 5000 },
      { faultCode: 'internal' },
    ]);
    expect(store.chat.closeInterrupted(AT + 5000)).toBe(0);
  });

  it('makes the trace of a turn whose process died before it was stored', () => {
    const kit = makeStore();
    const c = kit.mintId();
    const begin = makeBegin(kit.mintId, c, null, 'why is the sky blue?');
    kit.store.chat.beginTurn(begin, 'follows');
    expect(kit.store.traces.get(begin.traceId)).toBeNull();
    kit.store.dispose();
    const store = kit.reopen();
    expect(store.chat.closeInterrupted(AT + 5000)).toBe(1);
    expect(store.traces.get(begin.traceId)).toMatchObject({
      status: 'failed',
      faultCode: 'internal',
      conversationId: c,
      messageId: begin.replyId,
      preview: 'why is the sky blue?',
      startedAt: begin.at,
    });
  });

  it('ends the trace of a turn whose process died after the reply was stored and before its trace was, as the reply ended', () => {
    const kit = makeStore();
    const c = kit.mintId();
    const [good, bad] = [makeBegin(kit.mintId, c, null, 'a'), makeBegin(kit.mintId, c, null, 'b')];
    for (const begin of [good, bad]) kit.store.chat.beginTurn(begin);
    const reply = { ...emptyReply(good.traceId), finishReason: 'stop' as const, modelId: 'acme/big', tokensOut: 7 };
    kit.store.chat.endTurn(makeEnd(good, 'whole', { reply: { ...reply, durationMs: 40 } }), 'follows');
    const fault = makeFault('timeout');
    const lost = { ...reply, traceId: bad.traceId, finishReason: 'fault' as const, fault };
    kit.store.chat.endTurn(makeEnd(bad, '', { reply: lost, status: 'failed' }), 'follows');
    expect(kit.store.traces.get(good.traceId)?.status).toBe('running');
    kit.store.dispose();
    const store = kit.reopen();
    expect(store.chat.closeInterrupted(AT + 5000)).toBe(0);
    expect(store.traces.get(good.traceId)).toMatchObject({
      status: 'ok',
      modelId: 'acme/big',
      tokensOut: 7,
      durationMs: 40,
      faultCode: null,
    });
    expect(store.traces.get(bad.traceId)).toMatchObject({ status: 'failed', faultCode: 'timeout' });
  });

  it('stores any text as it is, lone surrogates as the replacement character', () => {
    const kit = makeStore();
    const text = 'tab\t nul\u0000 rtl \u202eabc 🧑‍🚀 مرحبا';
    const { replyId } = playTurn(kit, kit.mintId(), null, text, '\ud800 broken');
    const [question, answer] = kit.store.chat.path(replyId);
    expect(question?.text).toBe(text);
    expect(answer?.text.endsWith(' broken')).toBe(true);
  });
});

describe('conversations', () => {
  it('keep their settings, and refuse a folder that is not there', () => {
    const kit = makeStore();
    const { chat } = kit.store;
    const c = chat.create({ id: kit.mintId(), title: 'New', private: true, route: 'local', at: AT });
    const folder = chat.createFolder({ id: kit.mintId(), name: 'Work', position: 1, createdAt: AT });
    const patch = {
      title: 'Plans',
      titleSource: 'user',
      folderId: folder.id,
      pinned: true,
      systemPrompt: 'Be brief.',
      sampling: { temperature: 0.2, seed: 7 },
    } as const;
    expect(chat.update(c.id, patch, AT + 1)).toEqual({ ...c, ...patch, updatedAt: AT + 1 });
    expect(() => chat.update(c.id, { folderId: kit.mintId() }, AT)).toThrow(/no folder/);
    chat.removeFolder(folder.id);
    expect(chat.get(c.id)?.folderId).toBeNull();
  });

  it('say so when something is not there', () => {
    const { store, mintId } = makeStore();
    const id = mintId();
    for (const work of [
      () => store.chat.thread(id, null, 5),
      () => store.chat.update(id, {}, 1),
      () => store.chat.remove(id, 1),
      () => store.chat.restore(id),
      () => store.chat.showBranch(id),
      () => store.chat.indexOf(id),
      () => store.chat.renameFolder(id, 'x'),
    ])
      expect(work).toThrow(expect.objectContaining({ fault: expect.objectContaining({ code: 'not_found' }) }));
    expect([store.chat.get(id), store.chat.message(id), store.traces.get(id)]).toEqual([null, null, null]);
  });

  it('keep drafts over a restart and drop empty ones', () => {
    const kit = makeStore();
    kit.store.chat.saveDraft(null, 'half a thought');
    kit.store.dispose();
    const store = kit.reopen();
    expect(store.chat.draft(null)).toBe('half a thought');
    store.chat.saveDraft(null, '');
    expect(store.chat.draft(null)).toBe('');
  });

  it('know whether a first message was ever sent', () => {
    const kit = makeStore();
    expect(kit.store.chat.isEmpty()).toBe(true);
    playTurn(kit, kit.mintId(), null, 'one', 'two');
    expect(kit.store.chat.isEmpty()).toBe(false);
  });
});
