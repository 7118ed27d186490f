import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import { silentLog } from '../../electron/base/log.ts';
import { createChance } from '../../electron/cli/seed/chance.ts';
import type { Chance } from '../../electron/cli/seed/chance.ts';
import { inspectModelFile } from '../../electron/model/gguf/file.ts';
import { createLlamaClient } from '../../native/llama/client.ts';
import type { LlamaEvent, ModelSpec } from '../../native/llama/client.ts';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import { isGone } from '../support/engine-kit.ts';
import { writeRandomGguf } from '../support/random-gguf.ts';

const FILES = process.env['SWITCHYARD_SOAK'] === '1' ? 2000 : 40;
/** Measured already, so that no time goes into measuring what may not run. */
const MEASURED = {
  backend: 'cpu',
  decodeThreads: 1,
  prefillThreads: 1,
  decodeTokensPerSecond: 1000,
  prefillTokensPerSecond: 1000,
  measuredAt: 0,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-fuzz-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One file made wrong: bits, bytes, numbers at their limits, runs, holes, cuts; most of it in the header. */
function mutate(good: Buffer, headerBytes: number, chance: Chance): Buffer {
  const bad = Buffer.from(good);
  const at = (): number => Math.floor(chance.next() * (chance.next() < 0.8 ? headerBytes : bad.length - 8));
  const times = 1 + Math.floor(chance.next() * 4);
  for (let i = 0; i < times; i++) {
    const where = at();
    const kind = chance.pick(['bit', 'byte', 'limit', 'run', 'hole', 'move'] as const);
    if (kind === 'bit') bad.writeUInt8((bad[where] ?? 0) ^ (1 << Math.floor(chance.next() * 8)), where);
    else if (kind === 'byte') bad.writeUInt8(Math.floor(chance.next() * 256), where);
    else if (kind === 'limit') bad.writeUInt32LE(chance.pick([0, 1, 0x7fffffff, 0x80000000, 0xffffffff]), where);
    else if (kind === 'run') bad.fill(0xff, where, where + Math.floor(chance.next() * 64));
    else if (kind === 'hole') bad.fill(0, where, where + Math.floor(chance.next() * 64));
    else bad.copyWithin(where, at(), at() + 32);
  }
  return chance.next() < 0.1 ? bad.subarray(0, Math.floor(chance.next() * bad.length)) : bad;
}

it(`refuses or loads ${FILES} broken files and lives`, { timeout: FILES * 3000 + 60_000 }, async () => {
  const path = join(folder, 'model.gguf');
  const shape = { layers: 1, width: 64, heads: 2, kvHeads: 1, feedForward: 64, vocabulary: 320, contextTokens: 512 };
  await writeRandomGguf(path, shape);
  const good = await readFile(path);
  const headerBytes = good.indexOf('output.weight') + 40;
  const pids: number[] = [];
  const spawnHost = createNodeSpawn();
  const client = createLlamaClient({
    spawn: () => {
      const host = spawnHost();
      if (host.pid !== undefined) pids.push(host.pid);
      return host;
    },
    clock: systemClock,
    log: silentLog,
    backend: () => 'cpu',
    onMeasured: () => undefined,
    limits: { pingMs: 1000, hangMs: 15_000, stallMs: 15_000 },
  });
  const ask = async (model: ModelSpec): Promise<LlamaEvent | undefined> => {
    let last: LlamaEvent | undefined;
    const request = { model, messages: [{ role: 'user' as const, text: 'hi' }], stateKey: null };
    const sampling = { temperature: 0, maxTokens: 3 };
    for await (const event of client.generate({ ...request, sampling }, new AbortController().signal)) last = event;
    return last;
  };
  const chance = createChance(1234);
  const seen = { refusedByUs: 0, refusedByEngine: 0, loaded: 0, engineLost: 0 };
  try {
    for (let i = 0; i < FILES; i++) {
      await writeFile(path, mutate(good, headerBytes, chance));
      const file = await inspectModelFile(path);
      if (!file.ok) {
        seen.refusedByUs++;
        continue;
      }
      const model = { modelId: `local/${i}`, path, sizeBytes: file.value.sizeBytes, measurement: MEASURED };
      const end = await ask(model);
      // Another file under the same name is another model.
      if (end?.kind === 'end') seen.loaded++;
      else if (end?.kind === 'fault') seen[end.fault.code === 'local_crash' ? 'engineLost' : 'refusedByEngine']++;
      else throw new Error('A request ended without an end.');
      await client.unload().catch(() => undefined);
    }
    const starter = resolve('resources', 'starter-model', 'starter-q8_0.gguf');
    const alive = await ask({ modelId: 'starter', path: starter, sizeBytes: 8e6, measurement: MEASURED });
    expect(alive?.kind).toBe('end');
  } finally {
    await client.dispose();
  }
  expect(Object.values(seen).reduce((sum, count) => sum + count, 0)).toBe(FILES);
  expect(pids.filter((pid) => !isGone(pid))).toEqual([]);
  process.stdout.write(`${JSON.stringify({ files: FILES, ...seen })}\n`);
});
