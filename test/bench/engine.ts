import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../../electron/base/clock.ts';
import { silentLog } from '../../electron/base/log.ts';
import type { Measurement } from '../../electron/contract/entities/model.ts';
import { createLlamaClient } from '../../native/llama/client.ts';
import type { HostMessage, LlamaClient, ModelSpec } from '../../native/llama/client.ts';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import { RANDOM_190_MB, writeRandomGguf } from '../support/random-gguf.ts';
import { openDirect, wordTokens } from './engine-direct.ts';
import type { DecodeRun } from './engine-direct.ts';
import { median, rounded } from './statistics.ts';

/** Our side over node-llama-cpp called directly with its best thread count, in one run. */
export interface DecodeBench {
  readonly directThreads: number;
  readonly directTokensPerSecond: number;
  readonly ourTokensPerSecond: number;
  /** Ours over direct; the bar is 0.97. */
  readonly ratio: number;
}

export interface EngineBench {
  readonly measured: Readonly<Record<string, Measurement>>;
  readonly starterDecode: DecodeBench;
  readonly randomDecode: DecodeBench & {
    readonly defaultThreads: number;
    readonly defaultTokensPerSecond: number;
    /** Ours over node-llama-cpp's default thread setting; the bar is 50 on two cores. */
    readonly timesDefault: number;
  };
  readonly secondTurn: {
    readonly conversationTokens: number;
    readonly directFirstTokenMs: number;
    readonly ourFirstTokenMs: number;
    /** Ours over direct; the bar is 1.1. */
    readonly ratio: number;
  };
}

const POEMS = ['rain', 'the sea', 'winter', 'the moon', 'spring', 'a cat', 'trees', 'the night'];
const CONVERSATION_TOKENS = 1500;
const SETTLE_MS = 4000;
/** Worker threads of the side measured before go on spinning for a while; each side gets the cores to itself. */
const QUIET_MS = 500;
const quiet = (): Promise<void> => new Promise((done) => setTimeout(done, QUIET_MS));

async function ask(client: LlamaClient, model: ModelSpec, messages: readonly HostMessage[], maxTokens: number) {
  const startedAt = performance.now();
  let firstMs = 0;
  let firstTokens = 0;
  let text = '';
  const request = { model, messages, sampling: { temperature: 0, topK: 40, topP: 0.95, minP: 0, maxTokens } };
  for await (const event of client.generate({ ...request, stateKey: 'bench' }, new AbortController().signal)) {
    if (event.kind === 'delta') {
      if (firstMs === 0) [firstMs, firstTokens] = [performance.now() - startedAt, event.tokens];
      text += event.text;
    } else if (event.kind === 'fault') throw new Error(event.fault.detail);
    else if (event.kind === 'end') {
      const run: DecodeRun = {
        tokens: event.usage.tokensOut - firstTokens,
        ms: performance.now() - startedAt - firstMs,
      };
      return { run, firstMs, text, usage: event.usage };
    }
  }
  throw new Error('The engine said nothing.');
}

const speed = ({ tokens, ms }: DecodeRun): number => (tokens * 1000) / ms;
const sum = (runs: readonly DecodeRun[]): DecodeRun => ({
  tokens: runs.reduce((total, run) => total + run.tokens, 0),
  ms: runs.reduce((total, run) => total + run.ms, 0),
});

/** Which thread count node-llama-cpp itself decodes fastest with: 1, or all cores. */
async function bestDirect(path: string, contextTokens: number, cores: number, tokens: number) {
  const candidates = [];
  for (const threads of cores > 1 ? [1, cores] : [1]) {
    const direct = await openDirect(path, threads, contextTokens);
    const run = await direct.decode(wordTokens(direct.model, 16), tokens, 1500);
    candidates.push({ direct, speed: run.tokens > 0 ? speed(run) : 0 });
  }
  candidates.sort((a, b) => b.speed - a.speed);
  const [best, ...others] = candidates;
  if (!best) throw new Error('No thread count was tried.');
  return { best: best.direct, others: others.map((other) => other.direct) };
}

function decodeBench(threads: number, direct: readonly DecodeRun[], ours: readonly DecodeRun[]): DecodeBench {
  const directSpeed = median(direct.map(speed));
  const ourSpeed = median(ours.map(speed));
  return {
    directThreads: threads,
    directTokensPerSecond: rounded(directSpeed, 1),
    ourTokensPerSecond: rounded(ourSpeed, 1),
    ratio: rounded(ourSpeed / directSpeed, 3),
  };
}

/** Runs both sides turn by turn, so that a busy moment of the machine meets both. */
export async function benchEngine({ quick = false }: { quick?: boolean } = {}): Promise<EngineBench> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const measured: Record<string, Measurement> = {};
  const client = createLlamaClient({
    spawn: createNodeSpawn(),
    clock: systemClock,
    log: silentLog,
    backend: () => 'cpu',
    onMeasured: (modelId, measurement) => void (measured[modelId] = measurement),
  });
  const spec = async (modelId: string, path: string): Promise<ModelSpec> => ({
    modelId,
    path,
    sizeBytes: (await stat(path)).size,
    measurement: measured[modelId] ?? null,
  });
  const { availableParallelism } = await import('node:os');
  const cores = availableParallelism();
  try {
    // --- the starter model: short replies, so one run is several of them
    const starter = resolve('resources/starter-model/starter-q8_0.gguf');
    await client.calibrate(await spec('starter', starter), 1500);
    const small = await bestDirect(starter, 1024, cores, 200);
    const starterDirect: DecodeRun[] = [];
    const starterOurs: DecodeRun[] = [];
    for (let round = 0; round < (quick ? 3 : 9); round++) {
      const direct: DecodeRun[] = [];
      const ours: DecodeRun[] = [];
      for (const subject of POEMS) {
        const text = `Write a poem about ${subject}`;
        const prompt = small.best.model.tokenize(`<|im_start|>user\n${text}<|im_end|>\n<|im_start|>assistant\n`, true);
        direct.push(await small.best.decode(prompt, 400));
        ours.push((await ask(client, await spec('starter', starter), [{ role: 'user', text }], 400)).run);
      }
      starterDirect.push(sum(direct));
      starterOurs.push(sum(ours));
    }
    const starterDecode = decodeBench(small.best.threads, starterDirect, starterOurs);
    await Promise.all([small.best, ...small.others].map((direct) => direct.dispose()));

    // --- the 190 MB random-weight model
    const random = join(folder, 'random.gguf');
    await writeRandomGguf(random, RANDOM_190_MB);
    // The file goes to disk and the contexts before go away: thread counts whose cores others hold are not tried.
    await new Promise((settled) => setTimeout(settled, SETTLE_MS));
    await client.calibrate(await spec('random', random), 3000);
    const large = await bestDirect(random, RANDOM_190_MB.contextTokens, cores, 24);
    const randomDirect: DecodeRun[] = [];
    const randomOurs: DecodeRun[] = [];
    const tokens = quick ? 48 : 128;
    for (let round = 0; round < (quick ? 3 : 7); round++) {
      randomDirect.push(await large.best.decode(wordTokens(large.best.model, 16), tokens));
      const text = `rain falls on the roof ${round}`;
      randomOurs.push((await ask(client, await spec('random', random), [{ role: 'user', text }], tokens)).run);
    }
    const withDefault = await openDirect(random, null, 512);
    const slow = await withDefault.decode(wordTokens(withDefault.model, 4), quick ? 3 : 8, quick ? 8000 : 20_000);
    const randomDecode = decodeBench(large.best.threads, randomDirect, randomOurs);
    const defaultThreads = withDefault.threads;
    const defaultTokensPerSecond = speed(slow);
    await withDefault.dispose();

    // --- second turns of a 1,500-token conversation
    const model = await spec('random', random);
    let question = 'Tell me of the rain. ';
    while ((await client.count(model, [{ role: 'user', text: question }])) < CONVERSATION_TOKENS - 12) {
      question += 'rain falls on the roof and the river runs to the sea. ';
    }
    const messages: HostMessage[] = [{ role: 'user', text: question }];
    const first = await ask(client, model, messages, 12);
    messages.push({ role: 'assistant', text: first.text });
    const everyDirect = [large.best, ...large.others];
    const held = first.usage.tokensIn + first.usage.tokensOut;
    for (const direct of everyDirect) await direct.fill(wordTokens(direct.model, held));
    const ourMs: number[] = [];
    const directMs = everyDirect.map((): number[] => []);
    for (let round = 0; round < (quick ? 5 : 11); round++) {
      messages.push({ role: 'user', text: 'and the sea?' });
      await quiet();
      const ours = await ask(client, model, messages, 4);
      messages.push({ role: 'assistant', text: ours.text });
      ourMs.push(ours.firstMs);
      const delta = ours.usage.tokensIn - ours.usage.tokensCached;
      for (const [i, direct] of everyDirect.entries()) {
        await quiet();
        directMs[i]?.push(await direct.firstToken(wordTokens(direct.model, delta), 4));
      }
    }
    const bestDirectMs = Math.min(...directMs.map(median));
    await Promise.all(everyDirect.map((direct) => direct.dispose()));
    return {
      measured,
      starterDecode,
      randomDecode: {
        ...randomDecode,
        defaultThreads,
        defaultTokensPerSecond: rounded(defaultTokensPerSecond, 2),
        timesDefault: rounded(randomDecode.ourTokensPerSecond / defaultTokensPerSecond, 1),
      },
      secondTurn: {
        conversationTokens: held,
        directFirstTokenMs: rounded(bestDirectMs, 1),
        ourFirstTokenMs: rounded(median(ourMs), 1),
        ratio: rounded(median(ourMs) / bestDirectMs, 3),
      },
    };
  } finally {
    await client.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const result = await benchEngine({ quick: process.argv.includes('--quick') });
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}
