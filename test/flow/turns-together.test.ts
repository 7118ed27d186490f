import { describe, expect, it } from 'vitest';
import { makeCore, mintId } from '../support/scripted-core.ts';

/** A reply that says a word and then waits, named by its number; later ones just speak. */
const holdFirst = (_request: unknown, index: number) =>
  index === 0 ? [{ say: 'first' }, { hold: 'first' }] : [{ say: `answer ${String(index)}` }];

/** A conversation whose first reply is being written. */
async function running() {
  const made = await makeCore(holdFirst);
  const one = made.send('One');
  await made.seen(one.turnId, 'first');
  const more = { conversationId: one.conversation.id };
  const thread = () =>
    made.core.chats.thread(one.conversation.id, null, 20).messages.map(({ text, status }) => [text, status]);
  const regenerate = (messageId: string) => {
    const turnId = mintId();
    return { turnId, ...made.core.turns.regenerate({ turnId, replyId: mintId(), messageId }) };
  };
  const edit = (messageId: string, text: string) => {
    const turnId = mintId();
    const ids = { turnId, userMessageId: mintId(), replyId: mintId() };
    return { turnId, ...made.core.turns.edit({ ...ids, messageId, text }) };
  };
  return { ...made, one, more, thread, regenerate, edit };
}

describe('several things at once in one conversation', () => {
  it('a reply asked for again while it is written is written behind it, beside the first', async () => {
    const { core, engine, one, regenerate } = await running();
    const again = regenerate(one.reply.id);
    expect(again.reply.status).toBe('queued');
    engine.release('first');
    const end = await core.turns.ended(again.turnId);
    expect(end.message).toMatchObject({ text: 'answer 1', status: 'complete', parentId: one.userMessage.id });
    expect(end.message.siblingIds).toEqual([one.reply.id, again.reply.id]);
    expect(core.store.chat.message(one.reply.id)).toMatchObject({ text: 'first', status: 'complete' });
    expect(engine.requests[1]?.messages.map(({ text }) => text)).toEqual(['One']);
  });

  it('a reply that is stopped lets the one asked for in its place begin', async () => {
    const { core, one, regenerate } = await running();
    const again = regenerate(one.reply.id);
    core.turns.stop(one.turnId);
    const [first, second] = await Promise.all([core.turns.ended(one.turnId), core.turns.ended(again.turnId)]);
    expect([first.message.status, first.message.text]).toEqual(['stopped', 'first']);
    expect([second.message.status, second.message.text]).toEqual(['complete', 'answer 1']);
  });

  it('taking back a reply asked for again leaves the question and its first reply', async () => {
    const { core, engine, one, regenerate, thread } = await running();
    const again = regenerate(one.reply.id);
    core.turns.stop(again.turnId);
    expect((await core.turns.ended(again.turnId)).message.status).toBe('stopped');
    engine.release('first');
    await core.turns.ended(one.turnId);
    expect(thread()).toEqual([
      ['One', 'complete'],
      ['first', 'complete'],
    ]);
    expect(core.store.chat.message(again.reply.id)).toBeNull();
  });

  it('taking back a message leaves what was asked for again from it', async () => {
    const { core, engine, more, send, regenerate } = await running();
    const two = send('Two', more);
    const again = regenerate(two.reply.id);
    core.turns.stop(two.turnId);
    engine.release('first');
    const end = await core.turns.ended(again.turnId);
    expect([end.message.text, end.message.status]).toEqual(['answer 1', 'complete']);
    expect(core.store.chat.message(two.userMessage.id)).toMatchObject({ text: 'Two' });
    expect(end.message.siblingIds).toEqual([again.reply.id]);
  });

  it('a message behind a reply asked for again goes on from the first reply when that is taken back', async () => {
    const { core, engine, one, more, send, regenerate, thread } = await running();
    const again = regenerate(one.reply.id);
    const three = send('Three', more);
    core.turns.stop(again.turnId);
    engine.release('first');
    await core.turns.ended(three.turnId);
    expect(engine.requests[1]?.messages.map(({ text }) => text)).toEqual(['One', 'first', 'Three']);
    expect(thread().map(([text]) => text)).toEqual(['One', 'first', 'Three', 'answer 1']);
    expect(core.store.check(true)).toMatchObject({ ok: true });
  });

  it('taking back both leaves neither the message nor a reply', async () => {
    const { core, engine, one, more, send, regenerate, thread } = await running();
    const two = send('Two', more);
    const again = regenerate(two.reply.id);
    core.turns.stop(two.turnId);
    core.turns.stop(again.turnId);
    engine.release('first');
    await core.turns.ended(one.turnId);
    expect(core.turns.active()).toEqual([]);
    expect(thread()[1]).toEqual(['first', 'complete']);
    expect(thread().every(([, status]) => status === 'complete')).toBe(true);
  });

  it('a question edited while its reply is written is answered behind it, on a branch of its own', async () => {
    const { core, engine, one, edit, thread } = await running();
    const edited = edit(one.userMessage.id, 'One, better');
    engine.release('first');
    const end = await core.turns.ended(edited.turnId);
    expect(end.message.text).toBe('answer 1');
    expect(engine.requests[1]?.messages.map(({ text }) => text)).toEqual(['One, better']);
    expect(thread()).toEqual([
      ['One, better', 'complete'],
      ['answer 1', 'complete'],
    ]);
    expect(core.store.chat.message(one.reply.id)).toMatchObject({ text: 'first', status: 'complete' });
  });

  it('two edits at once are two branches, each with its reply', async () => {
    const { core, engine, one, edit } = await running();
    const a = edit(one.userMessage.id, 'A');
    const b = edit(one.userMessage.id, 'B');
    engine.release('first');
    const ends = await Promise.all([core.turns.ended(a.turnId), core.turns.ended(b.turnId)]);
    expect(ends.map(({ message }) => message.text)).toEqual(['answer 1', 'answer 2']);
    expect(engine.requests.slice(1).map(({ messages }) => messages.map(({ text }) => text))).toEqual([['A'], ['B']]);
    expect(core.store.chat.message(b.userMessage.id)?.siblingIds).toHaveLength(3);
  });

  it('stopping all of it ends the reply with its text and takes back what waits', async () => {
    const { core, dataDir, one, more, send, regenerate, thread, dispose } = await running();
    const two = send('Two', more);
    const again = regenerate(one.reply.id);
    core.turns.stopConversation(one.conversation.id);
    const ends = await Promise.all([one, two, again].map(({ turnId }) => core.turns.ended(turnId)));
    expect(ends.map(({ message }) => message.status)).toEqual(['stopped', 'stopped', 'stopped']);
    expect(core.turns.active()).toEqual([]);
    const left = [
      ['One', 'complete'],
      ['first', 'stopped'],
    ];
    expect(thread()).toEqual(left);
    await dispose();
    const later = await makeCore([], { dataDir });
    const { messages } = later.core.chats.thread(one.conversation.id, null, 20);
    expect(messages.map(({ text, status }) => [text, status])).toEqual(left);
  });

  it('stopping the reply that is written and the next one together answers the third', async () => {
    const { core, more, one, send, thread } = await running();
    const two = send('Two', more);
    const three = send('Three', more);
    core.turns.stop(one.turnId);
    core.turns.stop(two.turnId);
    expect((await core.turns.ended(three.turnId)).message.status).toBe('complete');
    expect(thread()).toEqual([
      ['One', 'complete'],
      ['first', 'stopped'],
      ['Three', 'complete'],
      ['answer 1', 'complete'],
    ]);
  });

  it('stopping twice is stopping once, and a stop that comes before the model is asked asks nobody', async () => {
    const { core, engine, send } = await makeCore([{ say: 'never' }]);
    const { turnId } = send('Hi');
    core.turns.stop(turnId);
    core.turns.stop(turnId);
    const end = await core.turns.ended(turnId);
    core.turns.stop(turnId);
    expect([end.message.status, end.message.text, end.message.reply?.fault ?? null]).toEqual(['stopped', '', null]);
    expect(engine.requests).toHaveLength(0);
    expect(end.trace?.status).toBe('stopped');
  });

  it('a conversation that is deleted takes what waits with it, and comes back without it', async () => {
    const { core, one, more, send, thread } = await running();
    const two = send('Two', more);
    core.chats.remove(one.conversation.id);
    const ends = await Promise.all([one, two].map(({ turnId }) => core.turns.ended(turnId)));
    expect(ends.map(({ message }) => message.status)).toEqual(['stopped', 'stopped']);
    core.chats.restore(one.conversation.id);
    expect(thread()).toEqual([
      ['One', 'complete'],
      ['first', 'stopped'],
    ]);
    expect((await core.turns.ended(send('Again', more).turnId)).message.status).toBe('complete');
  });

  it('a rating given while a reply is written is there when it ends', async () => {
    const { core, engine, one } = await running();
    core.feedback.give({ messageId: one.reply.id, rating: 'up', reason: null, note: '' });
    engine.release('first');
    const end = await core.turns.ended(one.turnId);
    expect(end.message.reply?.traceId).toBeTruthy();
    expect(core.traces.get(end.message.reply?.traceId ?? '')?.rating).toBe('up');
  });
});
