import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import { silentLog } from '../../electron/base/log.ts';
import { createLlamaClient } from '../../native/llama/client.ts';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import { writeRandomGguf } from '../support/random-gguf.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-threads-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

it('keeps the prompt threads it measured when a prompt is too short to judge them', { timeout: 60_000 }, async () => {
  const path = join(folder, 'small.gguf');
  await writeRandomGguf(path, { layers: 2, width: 128, heads: 2, contextTokens: 2048, name: 'Small' });
  const client = createLlamaClient({
    spawn: createNodeSpawn(),
    clock: systemClock,
    log: silentLog,
    backend: () => 'cpu',
    onMeasured: () => undefined,
  });
  // Against such a measurement every prompt looks like a collapse.
  const measurement = {
    backend: 'cpu',
    decodeThreads: 1,
    prefillThreads: 2,
    decodeTokensPerSecond: 1,
    prefillTokensPerSecond: 1e9,
    measuredAt: 0,
  };
  const model = { modelId: 'small', path, sizeBytes: (await stat(path)).size, measurement };
  const threads: unknown[] = [];
  try {
    for (const text of ['rain', 'and the sea']) {
      const request = { model, messages: [{ role: 'user' as const, text }], sampling: { maxTokens: 2 }, stateKey: 'k' };
      for await (const event of client.generate(request, new AbortController().signal)) {
        if (event.kind === 'end') threads.push(event.attributes['threadsPrefill']);
      }
    }
  } finally {
    await client.dispose();
  }
  expect(threads).toEqual([2, 2]);
});
