import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sealState, stateFileName } from '../../native/llama/state-file.ts';
import { makeCore, makeFolder, mintId } from '../support/scripted-core.ts';

const KEY = Buffer.alloc(32, 5);

/** A state file of a conversation, as the engine leaves it. */
async function leaveState(dataDir: string, stateKey: string): Promise<string> {
  const folder = join(dataDir, 'states');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'key'), KEY);
  // Whole before it stands there: what is not sealed is swept.
  const made = join(makeFolder(), 'made.state');
  writeFileSync(made, 'what the engine wrote');
  const about = { stateKey, modelId: 'local/m', binding: '0'.repeat(64), savedAt: 1, tokens: [1, 2], replies: [] };
  await sealState(made, KEY, about);
  const path = join(folder, stateFileName(stateKey));
  renameSync(made, path);
  return path;
}

describe('the state of a conversation on disk', () => {
  it('may be kept of an open conversation, and never of a private one', async () => {
    const { ask, engine } = await makeCore();
    await ask('open');
    await ask('hidden', { private: true });
    expect(engine.requests.map(({ mayKeep }) => mayKeep ?? false)).toEqual([true, false]);
  });

  it('goes when the conversation is deleted, and when it becomes private, with and without an engine', async () => {
    const { core, ask, engine, dataDir } = await makeCore();
    const deleted = (await ask('to be deleted')).conversation.id;
    const hidden = (await ask('to be private')).conversation.id;
    const stays = (await ask('stays')).conversation.id;
    const paths = await Promise.all([deleted, hidden, stays].map((id) => leaveState(dataDir, id)));
    core.chats.remove(deleted);
    core.chats.update(hidden, { private: true });
    core.chats.update(stays, { title: 'Another name' });
    expect(paths.map((path) => existsSync(path))).toEqual([false, false, true]);
    await expect.poll(() => engine.forgotten).toEqual([deleted, hidden]);
    await ask('again', { conversationId: hidden });
    expect(engine.requests.at(-1)?.mayKeep ?? false).toBe(false);
  });

  it('is swept when its conversation is not there any more, and when nobody can tell whose it is', async () => {
    const dataDir = makeFolder();
    const first = await makeCore([{ say: 'yes' }], { dataDir });
    const kept = (await first.ask('kept')).conversation.id;
    await first.dispose();
    const [own, gone] = [await leaveState(dataDir, kept), await leaveState(dataDir, mintId())];
    const broken = join(dataDir, 'states', 'f'.repeat(32) + '.state');
    writeFileSync(broken, 'nobody knows');
    await makeCore([{ say: 'yes' }], { dataDir });
    await expect
      .poll(() => [own, gone, broken].map((path) => existsSync(path)), { timeout: 5000 })
      .toEqual([true, false, false]);
  });

  it('is kept nowhere when the settings give it no room', async () => {
    const dataDir = makeFolder();
    writeFileSync(join(dataDir, 'config.yaml'), 'engine: {keptStatesMb: 0}\n');
    const { ask, engine } = await makeCore(undefined, { dataDir });
    await ask('open');
    expect(engine.starts.map(({ states }) => states ?? null)).toEqual([null]);
  });
});
