import { describe, expect, it } from 'vitest';
import { STARTER_MODEL_ID } from '../../electron/contract/names.ts';
import { makeCore, mintId } from '../support/scripted-core.ts';

describe('a turn from message to stored end', () => {
  it('answers, stores both messages and the trace, and writes the ledger', async () => {
    const { core, ask } = await makeCore([{ say: 'Hello' }, { say: ' there.' }]);
    const end = await ask('Hi!');
    expect(end.message).toMatchObject({ role: 'assistant', text: 'Hello there.', status: 'complete' });
    expect(end.message.reply).toMatchObject({
      modelId: STARTER_MODEL_ID,
      route: 'local',
      degraded: false,
      finishReason: 'stop',
      fault: null,
      tokensOut: 2,
    });
    const { messages } = core.chats.thread(end.conversation.id, null, 10);
    expect(messages.map(({ role, text }) => [role, text])).toEqual([
      ['user', 'Hi!'],
      ['assistant', 'Hello there.'],
    ]);
    const trace = core.traces.get(end.message.reply?.traceId ?? '');
    expect(trace?.status).toBe('ok');
    expect(trace?.decision?.chosen).toBe(STARTER_MODEL_ID);
    expect(trace?.decision?.reasons.length).toBeGreaterThan(0);
    expect(core.traces.usage(0, Date.now() + 1000)).toMatchObject([
      { modelId: STARTER_MODEL_ID, tokensOut: 2, costUsd: 0 },
    ]);
  });

  it('records every step as a span inside the turn', async () => {
    const { core, ask } = await makeCore([{ say: 'a' }, { say: 'b' }]);
    const end = await ask('Hi');
    const spans = core.traces.get(end.message.reply?.traceId ?? '')?.spans ?? [];
    const kinds = new Set(spans.map(({ kind }) => kind));
    for (const kind of ['turn', 'storage', 'prompt', 'route', 'attempt', 'load', 'prefill', 'stream', 'check'] as const)
      expect(kinds).toContain(kind);
    const root = spans.find(({ parentId }) => parentId === null);
    for (const span of spans) {
      expect(span.durationMs).not.toBeNull();
      expect(span.startMs + (span.durationMs ?? 0)).toBeLessThanOrEqual((root?.durationMs ?? 0) + 1);
    }
  });

  it('names a new conversation after its first message', async () => {
    const { core, ask } = await makeCore();
    const end = await ask('## Plan a trip to Oslo\nwith children');
    expect(end.conversation).toMatchObject({ title: 'Plan a trip to Oslo', titleSource: 'auto' });
    const empty = core.chats.create({ conversationId: mintId() });
    const later = await ask('A question', { conversationId: empty.id });
    expect(later.conversation.title).toBe('A question');
  });

  it('keeps the title a person gave', async () => {
    const { core, ask } = await makeCore();
    const { id } = core.chats.create({ conversationId: mintId() });
    core.chats.update(id, { title: 'Mine' });
    expect((await ask('A question', { conversationId: id })).conversation.title).toBe('Mine');
  });

  it('sends the conversation so far, and keeps its engine state under one key', async () => {
    const { engine, ask } = await makeCore();
    const first = await ask('One');
    await ask('Two', { conversationId: first.conversation.id });
    expect(engine.requests[1]?.messages).toEqual([
      { role: 'user', text: 'One' },
      { role: 'assistant', text: 'You said: One' },
      { role: 'user', text: 'Two' },
    ]);
    expect(engine.requests.map(({ stateKey }) => stateKey)).toEqual([first.conversation.id, first.conversation.id]);
  });

  it('gives the same answer to the same request sent twice', async () => {
    const { core, send } = await makeCore([{ hold: 'go' }]);
    const ids = { turnId: mintId(), conversationId: mintId(), userMessageId: mintId(), replyId: mintId() };
    const once = send('Hi', ids);
    const twice = send('Hi', ids);
    expect(twice.reply.id).toBe(once.reply.id);
    expect(core.turns.active()).toHaveLength(1);
  });

  it('spends little time between sending and asking the engine', async () => {
    const { core, ask } = await makeCore([{ say: 'a' }]);
    const { conversation } = await ask('warm');
    const before: number[] = [];
    for (let i = 0; i < 20; i++) {
      const end = await ask(`again ${String(i)}`, { conversationId: conversation.id });
      const spans = core.traces.get(end.message.reply?.traceId ?? '')?.spans ?? [];
      before.push(spans.find(({ kind }) => kind === 'attempt')?.startMs ?? Infinity);
    }
    // Generous here, where many tests share two cores; the benchmark holds the real bar of 10 ms.
    expect(before.toSorted((a, b) => a - b)[10]).toBeLessThan(50);
  });
});

describe('refusing a message', () => {
  it('refuses an empty one and stores nothing', async () => {
    const { core, send } = await makeCore();
    expect(() => send('  \n ')).toThrow(/empty/);
    expect(core.chats.list().conversations).toHaveLength(0);
  });

  it('refuses two megabytes with one sentence that names the limit', async () => {
    const { send } = await makeCore();
    expect(() => send('x'.repeat(2_000_000))).toThrow(/1,000,000 characters at most/);
  });

  it('accepts right-to-left text, emoji and lone surrogates', async () => {
    const { ask } = await makeCore();
    const end = await ask('שלום 👩‍👩‍👧 \ud800');
    expect(end.message.status).toBe('complete');
  });

  it('explains a message no context can hold', async () => {
    const { engine, ask } = await makeCore();
    const end = await ask('word '.repeat(5000));
    expect(end.message.status).toBe('failed');
    expect(end.message.reply?.fault?.detail).toMatch(/context/);
    expect(engine.requests).toHaveLength(0);
  });
});

describe('stopping and queueing', () => {
  it('keeps the text of a stopped reply', async () => {
    const { core, send, seen } = await makeCore([{ say: 'Once upon' }, { hold: 'never' }, { say: ' a time' }]);
    const { turnId } = send('Tell a story');
    await seen(turnId, 'Once upon');
    core.turns.stop(turnId);
    const end = await core.turns.ended(turnId);
    expect(end.message).toMatchObject({ status: 'stopped', text: 'Once upon' });
    expect(end.message.reply).toMatchObject({ finishReason: 'cancelled', fault: null });
    expect(end.trace?.status).toBe('stopped');
  });

  it('stores a message sent meanwhile and answers it next', async () => {
    const { core, engine, send, seen } = await makeCore((_request, index) =>
      index === 0 ? [{ say: 'first' }, { hold: 'first' }] : [{ say: 'second' }, { hold: 'second' }],
    );
    const one = send('One');
    await seen(one.turnId, 'first');
    const two = send('Two', { conversationId: one.conversation.id });
    expect(two.reply.status).toBe('queued');
    expect(two.userMessage.parentId).toBe(one.reply.id);
    engine.release('first');
    await seen(two.turnId, 'second');
    expect(core.store.chat.message(two.reply.id)?.status).toBe('streaming');
    engine.release('second');
    const end = await core.turns.ended(two.turnId);
    expect(end.message).toMatchObject({ text: 'second', status: 'complete' });
    expect(engine.requests[1]?.messages.map(({ text }) => text)).toEqual(['One', 'first', 'Two']);
    const queue = core.traces.get(end.message.reply?.traceId ?? '')?.spans.find(({ kind }) => kind === 'queue');
    expect(queue?.durationMs).toBeGreaterThan(0);
  });

  it('takes a queued message back, and what waited behind it moves up', async () => {
    const { core, engine, send, seen } = await makeCore((_request, index) =>
      index === 0 ? [{ say: 'first' }, { hold: 'first' }] : [{ say: 'last' }],
    );
    const one = send('One');
    const more = { conversationId: one.conversation.id };
    await seen(one.turnId, 'first');
    const two = send('Two', more);
    const three = send('Three', more);
    core.turns.stop(two.turnId);
    expect((await core.turns.ended(two.turnId)).trace).toBeNull();
    engine.release('first');
    await core.turns.ended(three.turnId);
    const { messages } = core.chats.thread(one.conversation.id, null, 10);
    expect(messages.map(({ text }) => text)).toEqual(['One', 'first', 'Three', 'last']);
  });

  it('answers at once a message sent on hearing the end of the one before', async () => {
    const { send, ask } = await makeCore();
    const { conversation } = await ask('One');
    expect(send('Two', { conversationId: conversation.id }).reply.status).toBe('streaming');
  });

  it('lets two conversations go on side by side', async () => {
    const { core, engine, send } = await makeCore([{ hold: 'go' }, { say: 'done' }]);
    const one = send('One');
    const two = send('Two');
    expect(core.turns.active()).toHaveLength(2);
    engine.release('go');
    expect((await core.turns.ended(one.turnId)).message.text).toBe('done');
    expect((await core.turns.ended(two.turnId)).message.text).toBe('done');
  });

  it('stops the turn of a conversation that is deleted', async () => {
    const { core, send, seen } = await makeCore([{ say: 'text' }, { hold: 'never' }]);
    const { turnId, conversation } = send('Hi');
    await seen(turnId, 'text');
    core.chats.remove(conversation.id);
    expect((await core.turns.ended(turnId)).message.status).toBe('stopped');
    expect(core.chats.restore(conversation.id).id).toBe(conversation.id);
  });

  it('stores what there is when the app ends in mid-reply', async () => {
    const { core, dataDir, send, seen } = await makeCore([{ say: 'half a' }, { hold: 'never' }]);
    const { turnId, conversation } = send('Hi');
    const queued = send('And then?', { conversationId: conversation.id });
    await seen(turnId, 'half a');
    await core.dispose();
    const again = await makeCore([], { dataDir });
    const { messages } = again.core.chats.thread(conversation.id, null, 10);
    expect(messages.map(({ text, status }) => [text, status])).toEqual([
      ['Hi', 'complete'],
      ['half a', 'stopped'],
      ['And then?', 'complete'],
      ['', 'stopped'],
    ]);
    expect(messages[3]?.id).toBe(queued.reply.id);
  });
});

describe('branches', () => {
  it('regenerates beside the old reply', async () => {
    const { core, ask } = await makeCore((_request, index) => [{ say: `answer ${String(index)}` }]);
    const first = await ask('Why?');
    const turnId = mintId();
    const again = core.turns.regenerate({ turnId, replyId: mintId(), messageId: first.message.id });
    expect(again.userMessage.id).toBe(first.message.parentId);
    const end = await core.turns.ended(turnId);
    expect(end.message.siblingIds).toEqual([first.message.id, end.message.id]);
    expect(end.conversation.headMessageId).toBe(end.message.id);
    core.chats.showBranch(first.message.id);
    expect(core.chats.thread(first.conversation.id, null, 10).messages.at(-1)?.text).toBe('answer 0');
  });

  it('edits a message as a branch and answers that', async () => {
    const { core, engine, ask } = await makeCore();
    const first = await ask('Wy?');
    const turnId = mintId();
    const started = core.turns.edit({
      turnId,
      userMessageId: mintId(),
      replyId: mintId(),
      messageId: first.message.parentId ?? '',
      text: 'Why?',
    });
    expect(started.userMessage.siblingIds).toHaveLength(2);
    expect((await core.turns.ended(turnId)).message.text).toBe('You said: Why?');
    expect(engine.requests.at(-1)?.messages).toHaveLength(1);
  });

  it('edits only what the person wrote', async () => {
    const { core, ask } = await makeCore();
    const { message } = await ask('Hi');
    const ids = { turnId: mintId(), userMessageId: mintId(), replyId: mintId(), messageId: message.id };
    expect(() => core.turns.edit({ ...ids, text: 'x' })).toThrow(/your own messages/);
  });
});

describe('prompts in force', () => {
  it('uses the production version of the conversation prompt and pins it to the reply', async () => {
    const { core, engine, ask } = await makeCore();
    const prompt = core.prompts.create({ name: 'Kind', text: 'Be kind.', note: '' });
    const { id } = core.chats.create({ conversationId: mintId() });
    core.chats.update(id, { promptId: prompt.id });
    const end = await ask('Hi', { conversationId: id });
    expect(engine.requests[0]?.messages[0]).toEqual({ role: 'system', text: 'Be kind.' });
    expect(end.message.reply?.promptVersionId).toBe(prompt.labels['production']);
  });

  it('prefers the text of the conversation itself', async () => {
    const { core, engine, ask } = await makeCore();
    const { id } = core.chats.create({ conversationId: mintId() });
    core.chats.update(id, { systemPrompt: 'Own words.' });
    const end = await ask('Hi', { conversationId: id });
    expect(engine.requests[0]?.messages[0]?.text).toBe('Own words.');
    expect(end.message.reply?.promptVersionId).toBeNull();
  });
});

describe('a conversation longer than the context', () => {
  it('leaves out the oldest messages and says so', async () => {
    const { core, engine, ask } = await makeCore([{ say: 'word '.repeat(60).trim(), tokens: 60 }]);
    const first = await ask('word '.repeat(60));
    let last = first;
    for (let i = 0; i < 12; i++) last = await ask('word '.repeat(60), { conversationId: first.conversation.id });
    const sent = engine.requests.at(-1)?.messages ?? [];
    expect(sent.length).toBeLessThan(25);
    expect(sent[0]?.role).toBe('user');
    expect(last.message.reply?.degradedReason).toMatch(/left out/);
    const spans = core.traces.get(last.message.reply?.traceId ?? '')?.spans ?? [];
    expect(spans.find(({ name }) => name === 'Fit the history')?.attributes['dropped']).toBeGreaterThan(0);
  });
});

describe('reading along', () => {
  it('gives a late reader what was written so far and then the rest', async () => {
    const { core, engine, send, seen } = await makeCore([
      { say: 'one ' },
      { say: 'two ' },
      { hold: 'more' },
      { say: 'three' },
    ]);
    const { turnId } = send('Count');
    await seen(turnId, 'two');
    const heard: string[] = [];
    core.turns.read(turnId, 1, (event) => {
      if (event.kind === 'delta') heard.push(event.text);
      if (event.kind === 'route') heard.push(event.modelName);
    });
    engine.release('more');
    await core.turns.ended(turnId);
    expect(heard).toEqual(['Switchyard Starter', 'two ', 'three']);
  });

  it('gives the end at once to a reader of a turn that is over', async () => {
    const { core, send } = await makeCore([{ say: 'done' }]);
    const { turnId } = send('Hi');
    await core.turns.ended(turnId);
    const heard: string[] = [];
    core.turns.read(turnId, 0, (event) => heard.push(event.kind));
    expect(heard).toEqual(['end']);
  });
});
