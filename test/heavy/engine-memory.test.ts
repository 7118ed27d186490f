import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import { silentLog } from '../../electron/base/log.ts';
import { createLlamaClient } from '../../native/llama/client.ts';
import type { LlamaClient, LlamaEvent, ModelSpec } from '../../native/llama/client.ts';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import type { SpawnHost } from '../../native/llama/spawn.ts';
import { writeRandomGguf } from '../support/random-gguf.ts';
import type { RandomGgufOptions } from '../support/random-gguf.ts';
import type { StarvedFigures, StarvedWish } from '../support/starved-core.ts';

const SOAK = process.env['SWITCHYARD_SOAK'] === '1';
const SHAPES: readonly RandomGgufOptions[] = [
  { layers: 4, width: 256, heads: 4, kvHeads: 2, feedForward: 768, vocabulary: 2048 },
  { layers: 8, width: 512, heads: 8, kvHeads: 2, feedForward: 1536, vocabulary: 8192 },
  { layers: 6, width: 768, heads: 12, kvHeads: 12, feedForward: 2048, vocabulary: 4096 },
  { layers: 2, width: 512, heads: 8, kvHeads: 8, feedForward: 1024, vocabulary: 64_000 },
];
const MEASURED = {
  backend: 'cpu',
  decodeThreads: 1,
  prefillThreads: 1,
  decodeTokensPerSecond: 1000,
  prefillTokensPerSecond: 1000,
  measuredAt: 0,
};

let folder: string;
const clients: LlamaClient[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-memory-'));
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.dispose()));
  await rm(folder, { recursive: true, force: true });
});

function build(spawn: SpawnHost, backend: 'cpu' | 'vulkan' = 'cpu'): LlamaClient {
  const client = createLlamaClient({
    spawn,
    clock: systemClock,
    log: silentLog,
    backend: () => backend,
    onMeasured: () => undefined,
  });
  clients.push(client);
  return client;
}

async function specOf(name: string, shape: RandomGgufOptions, stepsDown = 0): Promise<ModelSpec> {
  const path = join(folder, `${name}.gguf`);
  if (!existsSync(path)) await writeRandomGguf(path, { ...shape, contextTokens: 8192, endless: true });
  return { modelId: `local/${name}`, path, sizeBytes: (await stat(path)).size, measurement: MEASURED, stepsDown };
}

/** `until` = stopped when this is told. */
async function ask(client: LlamaClient, model: ModelSpec, until?: LlamaEvent['kind']): Promise<LlamaEvent[]> {
  const events: LlamaEvent[] = [];
  const controller = new AbortController();
  const request = { model, messages: [{ role: 'user' as const, text: 'rain' }], stateKey: null };
  const sampling = { temperature: 0, maxTokens: 4 };
  for await (const event of client.generate({ ...request, sampling }, controller.signal)) {
    events.push(event);
    if (event.kind === until) controller.abort();
  }
  return events;
}

/** How far the estimate is off what llama.cpp took, for each shape a few steps down the ladder. */
async function errorsOf(client: LlamaClient, backend: string, steps: readonly number[]): Promise<number[]> {
  const errors: number[] = [];
  for (const [at, shape] of SHAPES.entries()) {
    for (const stepsDown of steps) {
      const spec = await specOf(`shape-${at}`, shape, stepsDown);
      const measurement = { ...MEASURED, backend };
      const events = await ask(client, { ...spec, measurement }, 'loaded');
      const loaded = events.find((event) => event.kind === 'loaded');
      if (loaded?.kind !== 'loaded') throw new Error(`Nothing was loaded: ${JSON.stringify(events.at(-1))}`);
      errors.push(Math.abs(loaded.estimatedBytes / loaded.usedBytes - 1));
      await client.unload();
    }
  }
  process.stdout.write(`${JSON.stringify({ estimateErrors: errors.map((error) => Number(error.toFixed(3))) })}\n`);
  return errors;
}

const STEPS = SOAK ? [0, 1, 2] : [1];
const CONFIGURATIONS = SHAPES.length * STEPS.length;
it(
  `estimates the memory of ${CONFIGURATIONS} configurations within 10% of what they take`,
  { timeout: 300_000 },
  async () => {
    const errors = await errorsOf(build(createNodeSpawn()), 'cpu', STEPS);
    expect(errors).toHaveLength(CONFIGURATIONS);
    expect(Math.max(...errors)).toBeLessThan(0.1);
  },
);

// A software card is enough: `libvulkan1 mesa-vulkan-drivers`, and the variable that lets llama.cpp take it.
const softwareCard = SOAK && existsSync('/usr/share/vulkan/icd.d/lvp_icd.x86_64.json');
it.skipIf(!softwareCard)('does so on Vulkan, whole and in part on the card', { timeout: 300_000 }, async () => {
  process.env['GGML_VK_VISIBLE_DEVICES'] = '0';
  const client = build(createNodeSpawn(), 'vulkan');
  const errors = await errorsOf(client, 'vulkan', [0, 1, 3]);
  expect(client.status()).toMatchObject({ backend: 'vulkan' });
  expect(Math.max(...errors)).toBeLessThan(0.1);
});

const GROUP = '/sys/fs/cgroup/memory/switchyard-test';
const LIMIT = join(GROUP, 'memory.limit_in_bytes');
const canStarve = ((): boolean => {
  try {
    mkdirSync(GROUP, { recursive: true });
    rmdirSync(GROUP);
    return existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes');
  } catch {
    return false;
  }
})();

/** A Node in a group that may take so many bytes; the kernel ends what takes more. */
async function nodeInGroup(bytes: number): Promise<string> {
  mkdirSync(GROUP, { recursive: true });
  writeFileSync(LIMIT, String(bytes));
  const node = join(folder, 'node-in-group');
  await writeFile(node, `#!/bin/sh\necho $$ > ${GROUP}/cgroup.procs\nexec ${process.execPath} "$@"\n`);
  await chmod(node, 0o755);
  return node;
}

/** Engine processes in that group. */
const starved = async (bytes: number): Promise<SpawnHost> => createNodeSpawn({ execPath: await nodeInGroup(bytes) });

it.skipIf(!canStarve)('steps down and answers in a control group that starves it', { timeout: 300_000 }, async () => {
  const client = build(await starved(330 * 2 ** 20));
  const shape = { layers: 8, width: 768, heads: 12, kvHeads: 12, feedForward: 2048, vocabulary: 8192 };
  const events = await ask(client, await specOf('starved', shape));
  expect(events.at(-1)).toMatchObject({ kind: 'end' });
  const loaded = events.find((event) => event.kind === 'loaded');
  const plans = events.flatMap((event) => (event.kind === 'loading' && event.plan ? [event.plan] : []));
  expect(plans.length).toBeGreaterThan(0);
  expect(new Set(plans.map(({ what }) => what)).size).toBe(plans.length);
  expect(plans[0]?.freeBytes).toBeLessThan(330 * 2 ** 20);
  expect(loaded).toMatchObject({ kind: 'loaded' });
  await client.dispose();
  execFileSync('rmdir', [GROUP]);
});

it.skipIf(!canStarve)('does not load again what the kernel has ended for memory', { timeout: 300_000 }, async () => {
  const client = build(await starved(330 * 2 ** 20));
  const shape = { layers: 8, width: 768, heads: 12, kvHeads: 12, feedForward: 2048, vocabulary: 8192 };
  const spec = await specOf('starved', shape);
  // A header that claims a tenth of the state it needs: the plan is far too large.
  const lying = { weightsBytes: 6e7, layers: 8, width: 768, feedForward: 2048, vocabulary: 8192, trainedTokens: 8192 };
  const model: ModelSpec = { ...spec, shape: { ...lying, stateElements: 1200 } };
  const plans: string[] = [];
  let last: LlamaEvent | undefined;
  for (let attempt = 0; attempt < 6 && last?.kind !== 'end'; attempt++) {
    const events = await ask(client, model);
    plans.push(...events.flatMap((event) => (event.kind === 'loading' && event.plan ? [event.plan.what] : [])));
    last = events.at(-1);
  }
  expect(last).toMatchObject({ kind: 'end' });
  expect(plans.length).toBeGreaterThan(1);
  expect(plans).toEqual([...new Set(plans)]);
  await client.dispose();
  execFileSync('rmdir', [GROUP]);
});

const run = promisify(execFile);
/** A model in a data folder of its own, and what became of a core there. */
async function starve(
  name: string,
  shape: RandomGgufOptions,
  wish: Omit<StarvedWish, 'dataDir' | 'modelId'>,
): Promise<StarvedFigures> {
  const dataDir = join(folder, name);
  mkdirSync(join(dataDir, 'models'), { recursive: true });
  await writeRandomGguf(join(dataDir, 'models', `${name}.gguf`), { ...shape, name, endless: true });
  const program = join(import.meta.dirname, '..', 'support', 'starved-core.ts');
  const asked: StarvedWish = { ...wish, dataDir, modelId: `local/${name}` };
  const { stdout } = await run(process.execPath, [program, JSON.stringify(asked)], { timeout: 600_000 });
  const figures = JSON.parse(stdout) as StarvedFigures;
  process.stdout.write(`${JSON.stringify({ [name]: figures })}\n`);
  return figures;
}

/**
 * Longest that the core may hold its own event loop, in ms: it is the main process of the app, and the window waits for it. The wait for
 * cores that other programs have does not count, so that the test means the same on a busy machine; it is printed with the rest.
 */
const MOST_STALL_MS = 50;

/** The process of an engine that has loaded a model. */
async function processOfEngine(backend: 'cpu' | 'vulkan'): Promise<number> {
  let id = 0;
  const spawn = createNodeSpawn();
  const client = build(() => {
    const host = spawn();
    id = host.pid ?? 0;
    return host;
  }, backend);
  await client.load(await specOf('polite', {}));
  return id;
}

it.skipIf(process.platform !== 'linux')(
  'is the first the kernel ends when memory is short, and keeps its priority for cores',
  async () => {
    const engine = await processOfEngine('cpu');
    expect(getPriority(engine)).toBe(getPriority());
    expect(readFileSync(`/proc/${engine}/oom_score_adj`, 'utf8').trim()).toBe('500');
  },
);

it.skipIf(!softwareCard)('gives way to every program on a card that is one itself', { timeout: 60_000 }, async () => {
  process.env['GGML_VK_VISIBLE_DEVICES'] = '0';
  const engine = await processOfEngine('vulkan');
  expect(getPriority(engine) - getPriority()).toBe(19);
});

it.skipIf(!canStarve)(
  'loses no turn and never holds the main process when the kernel ends engines for memory',
  { timeout: 300_000 },
  async () => {
    const execPath = await nodeInGroup(330 * 2 ** 20);
    const shape = { layers: 8, width: 768, heads: 12, kvHeads: 12, feedForward: 2048, vocabulary: 8192 };
    // The plan takes a tenth of the state for what it is: the kernel ends the process that tries it.
    const wish = { backend: 'cpu', turns: 3, execPath, stateShare: 0.1 } as const;
    const figures = await starve('squeezed', { ...shape, contextTokens: 8192 }, wish);
    expect(figures.turns.map(({ status }) => status)).toEqual(['complete', 'complete', 'complete']);
    expect(new Set(figures.plans).size).toBeGreaterThan(1);
    expect(figures.engines).toBeGreaterThan(1);
    expect(figures.loop.longestOwnMs).toBeLessThan(MOST_STALL_MS);
    execFileSync('rmdir', [GROUP]);
  },
);

it.skipIf(!softwareCard)(
  'loses no turn and never holds the main process with a model larger than the software card',
  { timeout: 600_000 },
  async () => {
    process.env['GGML_VK_VISIBLE_DEVICES'] = '0';
    // 1.9 GB of weights and what computing takes: more than the 2 GiB that such a card says it has.
    const shape = { layers: 11, width: 4096, heads: 32, kvHeads: 4, feedForward: 11_008, vocabulary: 1024 };
    const wish = { backend: 'vulkan', turns: 1, measured: true, replyTokens: 2 } as const;
    const figures = await starve('oversize', { ...shape, contextTokens: 512 }, wish);
    expect(figures.turns.map(({ status }) => status)).toEqual(['complete']);
    expect(figures.backend).toBe('vulkan');
    expect(figures.plans[0]).toMatch(/^([1-9]|1[01]) layers on the graphics card/);
    expect(figures.loop.longestOwnMs).toBeLessThan(MOST_STALL_MS);
  },
);
