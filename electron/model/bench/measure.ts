import { say } from '../../contract/sentences/index.ts';
import type { BenchBackend, BenchStep } from '../../contract/entities/bench.ts';
import type { Measurement } from '../../contract/entities/model.ts';
import { pastTheBest, threadCandidates } from '../../../native/llama/client.ts';
import type { Backend, Benched, LlamaClient, ModelSpec } from '../../../native/llama/client.ts';

/** Replies that are written at once, one measurement each. */
export const REPLIES_AT_ONCE = [1, 2, 4, 8] as const;
/** Time for one thread count or one number of replies, ms. */
const STEP_MS = 1200;
const FIRST_TOKEN_ROUNDS = 3;
/** About so many tokens of prompt, where the context holds them. */
const PROMPT_TOKENS = 480;
const WORDS = 'rain falls on the roof and the river runs to the sea ';
const WORDS_TOKENS = 12;
const REPLY_TOKENS = 4;

/** Steps of one backend at most: start, thread counts, replies at once, first token. */
export const stepsOf = (cores: number): number => 2 + threadCandidates(cores).length + REPLIES_AT_ONCE.length;

/** Does one step on an engine of its own; done again from its beginning when a reply came in between. */
export type DoStep = <T>(
  step: BenchStep,
  work: (client: Pick<LlamaClient, 'bench' | 'generate' | 'load' | 'unload' | 'status'>) => Promise<T>,
) => Promise<T>;

export interface MeasureDeps {
  readonly backend: Exclude<Backend, 'auto'>;
  readonly spec: ModelSpec;
  readonly cores: number;
  readonly monotonicMs: () => number;
  readonly now: () => number;
  readonly step: DoStep;
  /** What is known so far. */
  readonly onPart: (part: BenchBackend) => void;
  /** Cores that other programs left free during one step. */
  readonly onFreeCores: (cores: number) => void;
}

const best = <T>(rows: readonly T[], speed: (row: T) => number | null): T | undefined =>
  rows.reduce<T | undefined>(
    (most, row) => ((speed(row) ?? 0) > (most ? (speed(most) ?? 0) : 0) ? row : most),
    undefined,
  );

/** The measurement that the router and the engine use, from what a bench found; null = it found too little. */
export function measurementOf(part: BenchBackend, measuredAt: number): Measurement | null {
  const decode = best(part.threads, (row) => row.decodeTokensPerSecond);
  const prefill = best(part.threads, (row) => row.prefillTokensPerSecond);
  if (!decode?.decodeTokensPerSecond || !prefill?.prefillTokensPerSecond) return null;
  return {
    backend: part.backend,
    decodeThreads: decode.threads,
    prefillThreads: prefill.threads,
    decodeTokensPerSecond: decode.decodeTokensPerSecond,
    prefillTokensPerSecond: prefill.prefillTokensPerSecond,
    measuredAt,
  };
}

/** Everything that is measured of one model on one backend. Rejects when the engine cannot run it at all. */
export async function measureBackend(deps: MeasureDeps): Promise<BenchBackend> {
  const { backend, cores, monotonicMs, now, step, onPart, onFreeCores } = deps;
  // Numbers of some kind keep the engine from measuring threads of its own while it loads.
  const guess = {
    backend,
    decodeThreads: 1,
    prefillThreads: cores,
    decodeTokensPerSecond: 1,
    prefillTokensPerSecond: 1,
  };
  const spec: ModelSpec = { ...deps.spec, measurement: { ...guess, measuredAt: 0 } };
  let part: BenchBackend = {
    backend,
    devices: [],
    problem: null,
    loadMs: null,
    gpuLayers: 0,
    layers: 0,
    threads: [],
    parallel: [],
    firstToken: null,
  };
  const known = (more: Partial<BenchBackend>): void => {
    part = { ...part, ...more };
    onPart(part);
  };
  const noting = (figures: Benched): Benched => {
    onFreeCores(figures.freeCores);
    return figures;
  };

  const started = await step({ kind: 'start', backend, count: null }, async (client) => {
    // The first load starts the process; the second is the model's own.
    await client.load(spec);
    await client.unload();
    const from = monotonicMs();
    await client.load(spec);
    return { loadMs: monotonicMs() - from, status: client.status() };
  });
  const { status } = started;
  known({
    devices: [...(status.devices ?? [])],
    loadMs: started.loadMs,
    gpuLayers: status.layers?.onGpu ?? 0,
    layers: status.layers?.all ?? 0,
  });
  if (status.backend !== backend) {
    known({ loadMs: null, problem: status.warning ?? say('model.bench.unusable', { backend: backend.toUpperCase() }) });
    return part;
  }
  // A card that holds nothing of the model is measured as it is, and that is said.
  if (status.warning !== null) known({ problem: status.warning });

  for (const threads of threadCandidates(cores)) {
    const speeds = (of: 'decodeTokensPerSecond' | 'prefillTokensPerSecond') =>
      part.threads.map((row) => ({ threads: row.threads, tokensPerSecond: row[of] ?? 0 }));
    if (pastTheBest(speeds('decodeTokensPerSecond')) && pastTheBest(speeds('prefillTokensPerSecond'))) break;
    const { prefillTokensPerSecond, decodeTokensPerSecond } = noting(
      await step({ kind: 'threads', backend, count: threads }, (client) =>
        client.bench(spec, { kind: 'threads', threads }, STEP_MS),
      ),
    );
    known({ threads: [...part.threads, { threads, prefillTokensPerSecond, decodeTokensPerSecond }] });
  }
  const measured = measurementOf(part, now());
  const worthTrying = [...new Set([measured?.decodeThreads ?? 1, measured?.prefillThreads ?? cores])];
  for (const replies of REPLIES_AT_ONCE) {
    const row = await step({ kind: 'parallel', backend, count: replies }, async (client) => {
      const found: BenchBackend['parallel'] = [];
      for (const threads of worthTrying) {
        const figures = noting(
          await client.bench(spec, { kind: 'replies', replies, threads }, STEP_MS / worthTrying.length),
        );
        found.push({ replies, threads, tokensPerSecond: figures.decodeTokensPerSecond });
      }
      return best(found, (one) => one.tokensPerSecond) ?? { replies, threads: 1, tokensPerSecond: null };
    });
    known({ parallel: [...part.parallel, row] });
  }
  const firstToken = await step({ kind: 'first-token', backend, count: null }, async (client) => {
    // Loaded anew with what was found, as it would be for a person.
    await client.unload();
    return measureFirstToken(client, { ...spec, measurement: measured });
  });
  known({ firstToken });
  return part;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Time to the first token through the same path a reply takes: of new prompts, and of follow-ups to them. */
async function measureFirstToken(
  client: Pick<LlamaClient, 'generate'>,
  spec: ModelSpec,
): Promise<BenchBackend['firstToken']> {
  const ask = async (texts: readonly string[], stateKey: string | null) => {
    const messages = texts.map((text, at) => ({
      role: at % 2 === 0 ? ('user' as const) : ('assistant' as const),
      text,
    }));
    const sampling = { temperature: 0, maxTokens: REPLY_TOKENS };
    let text = '';
    for await (const event of client.generate({ model: spec, messages, sampling, stateKey }, NEVER)) {
      if (event.kind === 'fault')
        return event.fault.code === 'context_length' ? null : Promise.reject(new Error(event.fault.detail));
      if (event.kind === 'delta') text += event.text;
      if (event.kind === 'end') {
        const { usage, timings } = event;
        const computed = usage.tokensIn - usage.tokensCached;
        return { text, tokensIn: usage.tokensIn, computed, ms: timings.queueMs + timings.prefillMs };
      }
    }
    return null;
  };
  // Not measured: the first reply of a process pays for what others find ready.
  await ask(['hello'], null);
  for (let repeats = Math.round(PROMPT_TOKENS / WORDS_TOKENS); repeats >= 4; repeats = repeats >> 1) {
    const cold: { ms: number; tokens: number }[] = [];
    const warm: { ms: number; tokens: number }[] = [];
    for (let round = 0; round < FIRST_TOKEN_ROUNDS; round++) {
      const question = `${String(round)} ${WORDS.repeat(repeats)}`;
      const first = await ask([question], `bench ${String(round)}`);
      if (!first) break;
      const then = await ask([question, first.text, 'and the sea?'], `bench ${String(round)}`);
      if (!then) break;
      cold.push({ ms: first.ms, tokens: first.tokensIn });
      warm.push({ ms: then.ms, tokens: then.computed });
    }
    const [one, next] = [cold[0], warm[0]];
    if (!one || !next || cold.length < FIRST_TOKEN_ROUNDS || warm.length < FIRST_TOKEN_ROUNDS) continue;
    return {
      promptTokens: one.tokens,
      coldMs: median(cold.map(({ ms }) => ms)),
      followUpTokens: next.tokens,
      warmMs: median(warm.map(({ ms }) => ms)),
    };
  }
  return null;
}

const NEVER = new AbortController().signal;
