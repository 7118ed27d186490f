import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import { silentLog } from '../../electron/base/log.ts';
import { createLlamaClient } from '../../native/llama/client.ts';
import type { HostMessage, LlamaClient, ModelSpec } from '../../native/llama/client.ts';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import { stateFileName } from '../../native/llama/state-file.ts';

const PATH = resolve('resources/starter-model/starter-q8_0.gguf');
const SPEC: ModelSpec = {
  modelId: 'local/starter',
  path: PATH,
  sizeBytes: statSync(PATH).size,
  // As slow as a large model on a small machine: then a file is worth it at any speed of this one.
  measurement: {
    backend: 'cpu',
    decodeThreads: 1,
    prefillThreads: 1,
    decodeTokensPerSecond: 1000,
    prefillTokensPerSecond: 500,
    measuredAt: 1,
  },
};
const user = (text: string): HostMessage => ({ role: 'user', text });
const WORDS = 'rain falls on the roof and the river runs to the sea ';

let folder: string;
const clients: LlamaClient[] = [];
const logged: string[] = [];

function open(): LlamaClient {
  const client = createLlamaClient({
    spawn: createNodeSpawn(),
    clock: systemClock,
    log: { ...silentLog, write: (_level, _name, data) => void logged.push(JSON.stringify(data)) },
    backend: () => 'cpu',
    states: () => ({ folder, mostBytes: 64e6 }),
    onMeasured: () => undefined,
  });
  clients.push(client);
  return client;
}

async function ask(client: LlamaClient, messages: readonly HostMessage[], stateKey: string, mayKeep: boolean) {
  const sampling = { temperature: 0, maxTokens: 8 };
  let text = '';
  const request = { model: SPEC, messages, sampling, stateKey, mayKeep };
  for await (const event of client.generate(request, new AbortController().signal)) {
    if (event.kind === 'delta') text += event.text;
    if (event.kind === 'fault') throw new Error(event.fault.detail);
    if (event.kind === 'end') return { text, ...event.usage };
  }
  throw new Error('The engine said nothing.');
}

/** A first turn in one process, its end, and the follow-up in another. */
async function overARestart(key: string, mayKeep: boolean, between: () => void = () => undefined) {
  const question = user(`${key} ${WORDS.repeat(20)}`);
  const before = open();
  const first = await ask(before, [question], key, mayKeep);
  await before.dispose();
  between();
  const next = [question, { role: 'assistant' as const, text: first.text }, user('and the sea?')];
  return { first, then: await ask(open(), next, key, mayKeep) };
}

const stateFiles = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.state'));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-states-'));
  logged.length = 0;
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
  rmSync(folder, { recursive: true, force: true });
});

describe('the state of a conversation, over a restart of the engine', { timeout: 60_000 }, () => {
  it('is read back: only what is new is computed, and the answer is the same', async () => {
    const { first, then } = await overARestart('a', true);
    expect(then.tokensCached).toBeGreaterThan(first.tokensIn);
    rmSync(join(folder, stateFileName('a')), { force: true });
    const [question, ...rest] = [user(`a ${WORDS.repeat(20)}`), user('and the sea?')];
    const anew = await ask(
      open(),
      [question ?? user(''), { role: 'assistant', text: first.text }, ...rest],
      'other',
      false,
    );
    expect(anew.tokensCached).toBe(0);
    expect(then.text).toBe(anew.text);
  });

  it('is never written of a conversation that may not be kept, and what was written before goes', async () => {
    await overARestart('a', true);
    expect(stateFiles()).toHaveLength(1);
    const { then } = await overARestart('a', false);
    expect(then.tokensCached).toBe(0);
    expect(stateFiles()).toEqual([]);
  });

  it('is not written when the conversation is forgotten, and not twice of the same name', async () => {
    const client = open();
    await ask(client, [user(`a ${WORDS.repeat(20)}`)], 'a', true);
    await ask(client, [user(`b ${WORDS.repeat(20)}`)], 'b', true);
    client.forget('a');
    await client.unload();
    expect(stateFiles()).toEqual([stateFileName('b')]);
  });

  it.each([
    ['one byte of what the engine wrote', (bytes: Buffer) => bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000)],
    ['its tokens', (bytes: Buffer) => bytes.write('9', bytes.lastIndexOf('"tokens":[') + 11)],
    ['its length', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1000)],
    ['everything', () => Buffer.from('not a state')],
  ])('is computed anew when %s was changed in its file, and the file is dropped', async (_what, change) => {
    const { first, then } = await overARestart('a', true, () => {
      const path = join(folder, stateFileName('a'));
      const bytes = readFileSync(path);
      const changed = change(bytes);
      writeFileSync(path, typeof changed === 'number' ? bytes : changed);
    });
    expect(then.tokensCached).toBe(0);
    expect(then.tokensIn).toBeGreaterThan(first.tokensIn);
    expect(stateFiles()).toEqual([]);
  });

  it('is dropped when it was made by another installation: its key differs', async () => {
    const { then } = await overARestart('a', true, () => {
      writeFileSync(join(folder, 'key'), Buffer.alloc(32, 7));
    });
    expect([then.tokensCached, stateFiles()]).toEqual([0, []]);
  });

  it('is kept of the last four conversations', async () => {
    const client = open();
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f'])
      await ask(client, [user(`${key} ${WORDS.repeat(20)}`)], key, true);
    await client.unload();
    expect(stateFiles().sort()).toEqual(['c', 'd', 'e', 'f'].map(stateFileName).sort());
  });
});
