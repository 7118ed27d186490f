import { mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import { systemClock } from '../../electron/base/clock.ts';
import { silentLog } from '../../electron/base/log.ts';
import type { Measurement } from '../../electron/contract/entities/model.ts';
import { createLlamaClient } from '../../native/llama/client.ts';
import type { HostMessage, LlamaClient, ModelSpec } from '../../native/llama/client.ts';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import { RANDOM_190_MB, writeRandomGguf } from '../support/random-gguf.ts';
import { wordTokens } from './engine-direct.ts';
import { startPeerEngine } from './engine-peer/start-peer.ts';
import type { PeerEngine } from './engine-peer/start-peer.ts';
import { median, rounded } from './statistics.ts';

/** One engine's figures, medians of all rounds. */
export interface EngineFigures {
  readonly decodeTokensPerSecond: number;
  readonly prefillTokensPerSecond: number;
  /** To the first token of a prompt nothing is known of, ms. */
  readonly coldFirstMs: number;
  /** To the first token of a follow-up to a conversation of about 500 tokens, ms. */
  readonly warmFirstMs: number;
  /** All tokens of 8 replies of 48 tokens asked at once, a second. */
  readonly parallelTokensPerSecond: number;
}
export interface ParallelBench {
  readonly ours: EngineFigures;
  readonly direct: EngineFigures;
  readonly directThreads: number;
  /** null = the peer could not be had here. */
  readonly peer: EngineFigures | null;
  /** Thread counts ours had calibrated when the rounds began and when they ended. */
  readonly ourThreads: readonly { readonly decode: number; readonly prefill: number }[];
  /**
   * Ours over each of the others, round by round; the median against whichever did best over the whole run. The best of three figures in each
   * round would be better than any engine is: chance picks it.
   */
  readonly ratios: EngineFigures;
}

const AT_ONCE = 8;
const REPLY = 48;
const CONTEXT = 1024;
const SHORT = 64;
const LONG = 480;
const WORDS = 'rain falls on the roof and the river runs to the sea ';
const wordsOf = (tokens: number): string => WORDS.repeat(Math.ceil(tokens / 20));
/** Threads that wait for a busy core can take seconds a token: such a run ends here, with what it made. */
const LIMIT_MS = 4000;
/** Worker threads of the side measured before go on spinning for a while. */
const quiet = (): Promise<void> => new Promise((done) => setTimeout(done, 300));

interface Round {
  readonly decode: number;
  readonly prefill: number;
  readonly cold: number;
  readonly warm: number;
  readonly parallel: number;
}
/** Tokens that our prompts came to with their template: the other sides read as many. */
interface Prompts {
  readonly short: number;
  readonly long: number;
  /** New ones of the follow-up. */
  readonly warm: number;
  readonly parallel: readonly number[];
}
interface Side {
  round(index: number, prompts: Prompts): Promise<Round>;
}

async function ask(
  client: LlamaClient,
  model: ModelSpec,
  messages: readonly HostMessage[],
  maxTokens: number,
  key: string | null,
) {
  const askedAt = performance.now();
  let firstAt = 0;
  let firstTokens = 0;
  let text = '';
  const request = { model, messages, stateKey: key };
  const sampling = { temperature: 0, topK: 40, topP: 0.95, minP: 0, maxTokens };
  for await (const event of client.generate({ ...request, sampling }, new AbortController().signal)) {
    if (event.kind === 'fault') throw new Error(event.fault.detail);
    if (event.kind === 'delta') {
      if (firstAt === 0) [firstAt, firstTokens] = [performance.now(), event.tokens];
      text += event.text;
    }
    if (event.kind !== 'end') continue;
    const { tokensIn, tokensCached, tokensOut } = event.usage;
    const decode = ((tokensOut - firstTokens) * 1000) / (performance.now() - firstAt);
    return { firstMs: firstAt - askedAt, tokensIn, tokensNew: tokensIn - tokensCached, tokensOut, decode, text };
  }
  throw new Error('The engine said nothing.');
}

function ourSide(client: LlamaClient, spec: () => ModelSpec) {
  const user = (text: string): HostMessage => ({ role: 'user', text });
  return {
    async round(index: number): Promise<Round & { readonly prompts: Prompts }> {
      await quiet();
      const short = await ask(client, spec(), [user(`${index} ${wordsOf(SHORT)}`)], REPLY, null);
      await quiet();
      const question = user(`${index + 500} ${wordsOf(LONG)}`);
      const long = await ask(client, spec(), [question], 4, 'long');
      await quiet();
      const next = [question, { role: 'assistant' as const, text: long.text }, user('and the sea?')];
      const warm = await ask(client, spec(), next, 4, 'long');
      await quiet();
      const askedAt = performance.now();
      const all = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, i) =>
          ask(client, spec(), [user(`${index} ${i} the river`)], REPLY, `${i}`),
        ),
      );
      const tokens = all.reduce((sum, { tokensOut }) => sum + tokensOut, 0);
      return {
        decode: short.decode,
        prefill: (long.tokensIn * 1000) / long.firstMs,
        cold: short.firstMs,
        warm: warm.firstMs,
        parallel: (tokens * 1000) / (performance.now() - askedAt),
        prompts: {
          short: short.tokensIn,
          long: long.tokensIn,
          warm: warm.tokensNew,
          parallel: all.map(({ tokensIn }) => tokensIn),
        },
      };
    },
  };
}

async function directSide(path: string, threads: number): Promise<Side & { dispose(): Promise<void> }> {
  const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: path });
  const context = await model.createContext({ contextSize: CONTEXT, sequences: AT_ONCE, threads });
  const sequences = Array.from({ length: AT_ONCE }, () => context.getSequence());
  const run = async (
    at: number,
    prompt: readonly (typeof model.tokens.bos & number)[],
    most: number,
    clear: boolean,
  ) => {
    const sequence = sequences[at];
    if (!sequence) throw new Error('There is no such sequence.');
    if (clear) await sequence.clearHistory();
    const askedAt = performance.now();
    let firstAt = 0;
    let tokens = 0;
    for await (const token of sequence.evaluate([...prompt], { temperature: 0, yieldEogToken: true })) {
      void token;
      if (tokens++ === 0) firstAt = performance.now();
      if (tokens >= most || performance.now() - askedAt > LIMIT_MS) break;
    }
    return { firstMs: firstAt - askedAt, tokens, decode: ((tokens - 1) * 1000) / (performance.now() - firstAt) };
  };
  return {
    async round(index, prompts) {
      const words = (count: number) => wordTokens(model, count + (index % 5)).slice(index % 5);
      await quiet();
      const short = await run(0, words(prompts.short), REPLY, true);
      await quiet();
      const long = await run(0, words(prompts.long), 4, true);
      await quiet();
      const warm = await run(0, words(prompts.warm), 4, false);
      for (const sequence of sequences) await sequence.clearHistory();
      await quiet();
      const askedAt = performance.now();
      const all = await Promise.all(
        sequences.map((_, i) => run(i, words((prompts.parallel[i] ?? 20) + i).slice(i), REPLY, false)),
      );
      const tokens = all.reduce((sum, one) => sum + one.tokens, 0);
      return {
        decode: short.decode,
        prefill: (prompts.long * 1000) / long.firstMs,
        cold: short.firstMs,
        warm: warm.firstMs,
        parallel: (tokens * 1000) / (performance.now() - askedAt),
      };
    },
    async dispose() {
      await context.dispose();
      await model.dispose();
      await llama.dispose();
    },
  };
}

function peerSide(peer: PeerEngine): Side {
  const answer = (prompts: string[], maxTokens: number) => peer.ask({ t: 'answer', prompts, maxTokens });
  return {
    async round(index, prompts) {
      const short = await answer([`${index} ${wordsOf(SHORT)}`], REPLY);
      const question = `${index + 500} ${wordsOf(LONG)}`;
      const long = await answer([question], 4);
      const warm = await answer([`${question} and what of the sea, and of the river, and the roof?`], 4);
      const all = await answer(
        Array.from({ length: AT_ONCE }, (_, i) => `${index} ${i} rain falls on the roof and the river`),
        REPLY,
      );
      return {
        decode: (short.tokens * 1000) / short.ms,
        prefill: (long.promptTokens * 1000) / long.firstMs,
        cold: (short.firstMs * prompts.short) / short.promptTokens,
        warm: warm.firstMs,
        parallel: (all.tokens * 1000) / all.ms,
      };
    },
  };
}

const figuresOf = (rounds: readonly Round[]): EngineFigures => ({
  decodeTokensPerSecond: rounded(median(rounds.map((round) => round.decode)), 1),
  prefillTokensPerSecond: rounded(median(rounds.map((round) => round.prefill)), 1),
  coldFirstMs: rounded(median(rounds.map((round) => round.cold)), 1),
  warmFirstMs: rounded(median(rounds.map((round) => round.warm)), 1),
  parallelTokensPerSecond: rounded(median(rounds.map((round) => round.parallel)), 1),
});

/** Ours over the other that did best: the median of the rounds beside each other. */
function ratiosOf(ours: readonly Round[], others: readonly (readonly Round[])[]): EngineFigures {
  const over = (key: keyof Round, worst: (...values: number[]) => number): number =>
    rounded(
      worst(...others.map((rounds) => median(rounds.map((round, at) => (ours[at]?.[key] ?? Number.NaN) / round[key])))),
      3,
    );
  return {
    decodeTokensPerSecond: over('decode', Math.min),
    prefillTokensPerSecond: over('prefill', Math.min),
    coldFirstMs: over('cold', Math.max),
    warmFirstMs: over('warm', Math.max),
    parallelTokensPerSecond: over('parallel', Math.min),
  };
}

/** Our engine, node-llama-cpp called directly with its best thread count, and the peer: one file, turn by turn. */
export async function benchParallel(quick: boolean, say: (text: string) => void): Promise<ParallelBench> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const path = join(folder, 'random.gguf');
  let measurement: Measurement | null = null;
  const client = createLlamaClient({
    spawn: createNodeSpawn(),
    clock: systemClock,
    log: silentLog,
    backend: () => 'cpu',
    onMeasured: (_, measured) => void (measurement = measured),
  });
  let peer: PeerEngine | null = null;
  try {
    await writeRandomGguf(path, { ...RANDOM_190_MB, endless: true });
    const { size: sizeBytes } = await stat(path);
    const spec = (): ModelSpec => ({ modelId: 'random', path, sizeBytes, measurement });
    await quiet();
    await client.calibrate(spec(), 3000);
    const ours = ourSide(client, spec);
    const threads = () => ({ decode: measurement?.decodeThreads ?? 0, prefill: measurement?.prefillThreads ?? 0 });
    const threadsBefore = threads();
    const sides: { threads: number; side: Awaited<ReturnType<typeof directSide>>; rounds: Round[] }[] = [];
    const cores = availableParallelism();
    for (const threads of new Set([1, cores])) {
      sides.push({ threads, side: await directSide(path, threads), rounds: [] });
    }
    peer = startPeerEngine(say);
    await peer?.ask({ t: 'open', path, threads: cores, contextTokens: CONTEXT, sequences: AT_ONCE });
    say('Warming up …');
    const ourRounds: Round[] = [];
    const peerRounds: Round[] = [];
    // The first round of each is for caches and page tables.
    const first = await ours.round(0);
    for (const { side } of sides) await side.round(0, first.prompts);
    const count = quick ? 2 : 6;
    for (let index = 1; index <= count; index++) {
      say(`Round ${index} of ${count} …`);
      const own = await ours.round(index);
      const { prompts } = own;
      ourRounds.push(own);
      for (const { side, rounds } of sides) rounds.push(await side.round(index, prompts));
      if (peer && index <= 2) peerRounds.push(await peerSide(peer).round(index, prompts));
    }
    const best = sides.reduce((a, b) =>
      figuresOf(b.rounds).decodeTokensPerSecond > figuresOf(a.rounds).decodeTokensPerSecond ? b : a,
    );
    // Each bar is held against whichever thread count serves it best.
    const others = [...sides.map(({ rounds }) => rounds), ...(peerRounds.length > 0 ? [peerRounds] : [])];
    await Promise.all(sides.map(({ side }) => side.dispose()));
    return {
      ours: figuresOf(ourRounds),
      direct: figuresOf(best.rounds),
      directThreads: best.threads,
      ourThreads: [threadsBefore, threads()],
      peer: peerRounds.length > 0 ? figuresOf(peerRounds) : null,
      ratios: ratiosOf(ourRounds, others),
    };
  } finally {
    peer?.stop();
    await client.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const quick = process.argv.includes('--quick');
  const result = await benchParallel(quick, (text) => void process.stderr.write(`${text}\n`));
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}
