import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calls } from '../../electron/contract/calls.ts';
import type { CallInput, CallName } from '../../electron/contract/calls.ts';
import { FaultError } from '../../electron/contract/faults.ts';
import { JsonAnswer } from '../../electron/contract/json-answer.ts';
import { answerCall } from '../../electron/access/port.ts';
import { STARTER_MODEL_ID } from '../../electron/contract/names.ts';
import { writeRandomGguf } from '../support/random-gguf.ts';
import { makeCore, makeFolder, mintId } from '../support/scripted-core.ts';
import type { TestCore } from '../support/scripted-core.ts';

/** Asks through the door and holds the answer against the contract: nothing missing, nothing of the wrong kind. */
async function ask<N extends CallName>({ core }: TestCore, name: N, input: CallInput<N>) {
  const answer = await answerCall(core.handlers, name, input);
  const output: unknown = answer instanceof JsonAnswer ? answer.read() : answer;
  const parsed = calls[name].output.safeParse(output);
  expect(parsed.error?.issues ?? [], `${name} answers what its schema says`).toEqual([]);
  return output;
}

const faultOf = async (answer: Promise<unknown>) => {
  try {
    await answer;
  } catch (error) {
    if (error instanceof FaultError) return error.fault;
    throw error;
  }
  return null;
};

describe('every call of the contract', () => {
  it('has a handler, and no handler is left without a call', async () => {
    const { core } = await makeCore();
    expect(Object.keys(core.handlers).toSorted()).toEqual(Object.keys(calls).toSorted());
  });

  it('answers as its schema says on an empty data folder', async () => {
    const test = await makeCore();
    await ask(test, 'app.info', {});
    await ask(test, 'app.ready', {});
    await ask(test, 'chat.list', {});
    await ask(test, 'chat.search', { text: 'anything', limit: 10 });
    await ask(test, 'draft.get', { conversationId: null });
    await ask(test, 'turn.active', {});
    await ask(test, 'trace.list', { filter: {}, limit: 10 });
    await ask(test, 'trace.diagnosePeriod', { since: 86_400_000, until: 172_800_000 });
    await ask(test, 'trace.overview', { since: 0, until: 86_400_000, by: 'model' });
    await ask(test, 'usage.list', { since: 0, until: Date.now() });
    await ask(test, 'usage.sums', { since: 0, until: Date.now() });
    await ask(test, 'export.state', {});
    await ask(test, 'prompt.list', {});
    await ask(test, 'feedback.list', { limit: 10 });
    await ask(test, 'model.list', {});
    await ask(test, 'settings.get', {});
    await ask(test, 'data.check', {});
    await ask(test, 'api.status', {});
  });

  it('answers as its schema says about conversations and turns', async () => {
    const test = await makeCore([{ say: 'Yes' }, { say: '.' }]);
    const conversationId = mintId();
    await ask(test, 'chat.create', { conversationId, private: true });
    const start = { turnId: mintId(), conversationId, userMessageId: mintId(), replyId: mintId(), text: 'Is it so?' };
    await ask(test, 'turn.start', start);
    const end = await test.core.turns.ended(start.turnId);
    await ask(test, 'chat.get', { conversationId });
    await ask(test, 'chat.thread', { conversationId, limit: 50 });
    const second = { turnId: mintId(), replyId: mintId(), messageId: start.replyId };
    await ask(test, 'turn.regenerate', second);
    await test.core.turns.ended(second.turnId);
    const third = { turnId: mintId(), userMessageId: mintId(), replyId: mintId(), messageId: start.userMessageId };
    await ask(test, 'turn.edit', { ...third, text: 'Is it?' });
    await ask(test, 'turn.active', {});
    await test.core.turns.ended(third.turnId);
    await ask(test, 'turn.stop', { turnId: mintId() });
    await ask(test, 'chat.showBranch', { messageId: start.replyId });
    await ask(test, 'chat.locate', { messageId: start.userMessageId });
    await ask(test, 'chat.search', { text: 'so', limit: 10 });
    const { id: folderId } = test.core.chats.createFolder('Work');
    await ask(test, 'folder.rename', { folderId, name: 'Play' });
    await ask(test, 'folder.create', { name: 'More' });
    const sampling = { temperature: 0.5, maxTokens: 100 };
    await ask(test, 'chat.update', {
      conversationId,
      title: 'New',
      folderId,
      pinned: true,
      sampling,
      systemPrompt: 'x',
    });
    await ask(test, 'folder.delete', { folderId });
    await ask(test, 'draft.save', { conversationId, text: 'later' });
    await ask(test, 'draft.get', { conversationId });
    await ask(test, 'chat.delete', { conversationId });
    await ask(test, 'chat.restore', { conversationId });
    await ask(test, 'trace.list', { filter: { conversationId }, limit: 10 });
    await ask(test, 'trace.get', { traceId: end.message.reply?.traceId ?? '' });
    const traceId = end.message.reply?.traceId ?? '';
    await ask(test, 'trace.messages', { traceId });
    await ask(test, 'trace.raw', { traceId });
    for (const as of ['json', 'otlp', 'curl-api'] as const) await ask(test, 'trace.copy', { traceId, as });
    await ask(test, 'replay.plan', { traceId });
    await ask(test, 'replay.run', { replayId: mintId(), traceId });
    await ask(test, 'replay.stop', { replayId: mintId() });
    await ask(test, 'trace.diagnose', { traceId: end.message.reply?.traceId ?? '' });
    await ask(test, 'usage.list', { since: 0, until: Date.now() + 1000 });
    await ask(test, 'feedback.give', { messageId: start.replyId, rating: 'down', reason: 'wrong', note: 'No.' });
    await ask(test, 'feedback.list', { rating: 'down', limit: 10 });
    await ask(test, 'feedback.remove', { messageId: start.replyId });
  });

  it('answers as its schema says about prompts', async () => {
    const test = await makeCore();
    await ask(test, 'prompt.create', { name: 'Plain', text: 'Be brief.', note: '' });
    const promptId = test.core.prompts.list()[0]?.id ?? '';
    await ask(test, 'prompt.addVersion', { promptId, text: 'Be very brief.', note: 'shorter' });
    await ask(test, 'prompt.versions', { promptId });
    await ask(test, 'prompt.rename', { promptId, name: 'Brief' });
    const [latest] = test.core.prompts.versions(promptId);
    await ask(test, 'prompt.label', { promptId, label: 'production', versionId: latest?.id ?? null });
    await ask(test, 'prompt.list', {});
    const same = ask(test, 'prompt.addVersion', { promptId, text: 'Be very brief.', note: '' });
    expect((await faultOf(same))?.detail).toMatch(/same text/);
  });

  it('answers as its schema says about models', async () => {
    const test = await makeCore();
    const path = join(makeFolder(), 'one.gguf');
    await writeRandomGguf(path, { layers: 1, width: 64, heads: 2, vocabulary: 300 });
    await ask(test, 'model.import', { path });
    const imported = test.core.models.list().find(({ embedded }) => !embedded);
    await ask(test, 'model.list', {});
    await ask(test, 'model.load', { modelId: STARTER_MODEL_ID });
    await ask(test, 'model.unload', { modelId: STARTER_MODEL_ID });
    await ask(test, 'model.calibrate', { modelId: STARTER_MODEL_ID });
    await ask(test, 'model.remove', { modelId: imported?.id ?? '' });
  });

  it('answers as its schema says about money and about what left the machine', async () => {
    const test = await makeCore();
    await ask(test, 'budget.status', {});
    const { store } = test.core;
    for (const id of ['a', 'b']) {
      const [conversationId, traceId] = [null, null];
      const where = { host: '127.0.0.1:9', method: 'POST', path: '/v1', providerId: 'p', modelId: null };
      const sizes = { bytesOut: 5, bytesIn: 0, status: null, durationMs: 0 };
      store.egress.begin({ id, at: 1, ...where, purpose: 'test', conversationId, traceId, ...sizes });
    }
    const first = await ask(test, 'egress.list', { limit: 1 });
    expect(first).toMatchObject({ entries: [{ id: 'b' }], totalBytesOut: 10 });
  });

  it('answers as its schema says about settings and the data as a whole', async () => {
    const test = await makeCore([{ say: 'Yes.' }]);
    const { conversation } = await test.ask('Hi');
    const { config } = test.core.settings.state();
    await ask(test, 'settings.save', { config: { ...config, policy: 'offline' } });
    const folder = makeFolder();
    await ask(test, 'data.backup', { path: join(folder, 'copy.db') });
    await ask(test, 'data.export', { path: join(folder, 'all.json') });
    await ask(test, 'data.export', { path: join(folder, 'one.json'), conversationId: conversation.id });
    await ask(test, 'data.import', { path: join(folder, 'all.json') });
  });
});

describe('the user’s data', () => {
  it('comes back whole from an export, branches and all', async () => {
    const test = await makeCore((_request, index) => [{ say: `answer ${String(index)}` }]);
    const first = await test.ask('Why?');
    const turnId = mintId();
    test.core.turns.regenerate({ turnId, replyId: mintId(), messageId: first.message.id });
    await test.core.turns.ended(turnId);
    const path = join(makeFolder(), 'all.json');
    await test.core.data.export(path, undefined);
    const other = await makeCore();
    expect(await other.core.data.import(path)).toMatchObject({ conversations: 1, skipped: 0 });
    expect(await other.core.data.import(path)).toMatchObject({ conversations: 0, skipped: 1 });
    const { messages } = other.core.chats.thread(first.conversation.id, null, 10);
    expect(messages.map(({ text }) => text)).toEqual(['Why?', 'answer 1']);
    expect(messages[1]?.siblingIds).toHaveLength(2);
  });

  it('refuses a file that is no export, and one from a newer version, each with a sentence', async () => {
    const { core } = await makeCore();
    const path = join(makeFolder(), 'x.json');
    writeFileSync(path, '{"half');
    expect((await faultOf(core.data.import(path)))?.detail).toMatch(/damaged or no export/);
    writeFileSync(path, '{"hello":1}');
    expect((await faultOf(core.data.import(path)))?.detail).toMatch(/not a Switchyard export/);
    writeFileSync(path, '{"switchyard":99,"exportedAt":1,"conversations":[]}');
    expect((await faultOf(core.data.import(path)))?.detail).toMatch(/newer/);
    expect((await faultOf(core.data.import(`${path}.none`)))?.detail).toMatch(/cannot be read/);
  });

  it('asks for a file when there is nobody to show a dialog to', async () => {
    const { core } = await makeCore();
    expect((await faultOf(core.data.backup(undefined)))?.detail).toBe('Name a file.');
    expect((await faultOf(core.data.backup('relative.db')))?.detail).toMatch(/whole path/);
  });

  it('never leaves half an export behind', async () => {
    const { core } = await makeCore();
    const path = join(makeFolder(), 'no', 'such', 'folder.json');
    expect((await faultOf(core.data.export(path, undefined)))?.code).toBe('storage_full');
    expect(() => readFileSync(path)).toThrow();
  });
});
