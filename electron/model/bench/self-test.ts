import type { SelfTest } from '../../contract/entities/bench.ts';
import type { Backend, Benched, ModelSpec } from '../../../native/llama/client.ts';
import type { DoStep } from './measure.ts';

/** Places of the text that are compared. */
const PLACES = 32;
/** Cards add in another order and keep fewer digits, so probabilities differ a little: more than this, 0 to 1, is no rounding. */
const MOST_DIFFERENCE = 0.1;
/** Where two tokens are about equally likely, rounding decides which comes first; that happens at few places. */
const LEAST_AGREED = 0.8;

type Compared = Pick<SelfTest, 'passed' | 'agreed' | 'places' | 'largestDifference'>;
type Probe = NonNullable<Benched['probe']>;

/** Whether two ways to compute think alike along one text. What is no number never does. */
export function compareProbes(ours: Probe, theirs: Probe): Compared {
  const places = ours.tokens.length;
  let agreed = 0;
  let largest = 0;
  let sound = places > 0 && theirs.tokens.length === places;
  for (let at = 0; at < places; at++) {
    if (ours.tokens[at] === theirs.tokens[at]) agreed++;
    const [a, b] = [ours.probabilities[at] ?? null, theirs.probabilities[at] ?? null];
    if (a === null || b === null) sound = false;
    else largest = Math.max(largest, Math.abs(a - b));
  }
  const passed = sound && largest <= MOST_DIFFERENCE && agreed >= places * LEAST_AGREED;
  return { passed, agreed, places, largestDifference: sound ? largest : null };
}

export interface SelfTestDeps {
  readonly backend: Exclude<Backend, 'auto'>;
  readonly spec: ModelSpec;
  readonly modelName: string;
  readonly cores: number;
  readonly now: () => number;
  readonly step: (backend: Exclude<Backend, 'auto'>) => DoStep;
}

/** Lets the processor write a short text and a card follow it, and compares what each holds for likely. Never rejects for what it finds. */
export async function runSelfTest({ backend, spec, modelName, cores, now, step }: SelfTestDeps): Promise<SelfTest> {
  const guess = { decodeThreads: 1, prefillThreads: cores, decodeTokensPerSecond: 1, prefillTokensPerSecond: 1 };
  const specOf = (of: string): ModelSpec => ({ ...spec, measurement: { ...guess, backend: of, measuredAt: 0 } });
  const stepOf = (of: string) => ({ kind: 'self-test' as const, backend: of, count: null });
  const one = await step('cpu')(stepOf('cpu'), (client) =>
    client.bench(specOf('cpu'), { kind: 'probe', threads: 1, length: PLACES }, 1),
  );
  const result: SelfTest = {
    backend,
    modelId: spec.modelId,
    modelName,
    at: now(),
    devices: [],
    gpuLayers: 0,
    layers: 0,
    passed: false,
    problem: null,
    agreed: 0,
    places: PLACES,
    largestDifference: null,
    cpuTokensPerSecond: one.decodeTokensPerSecond,
    tokensPerSecond: null,
  };
  const other = await step(backend)(stepOf(backend), async (client) => {
    const follow = one.probe?.tokens ?? [];
    const figures = await client.bench(specOf(backend), { kind: 'probe', threads: 1, length: PLACES, follow }, 1);
    return { figures, status: client.status() };
  });
  const { status, figures } = other;
  const seen = {
    devices: [...(status.devices ?? [])],
    gpuLayers: status.layers?.onGpu ?? 0,
    layers: status.layers?.all ?? 0,
    at: now(),
  };
  if (status.backend !== backend)
    return { ...result, at: now(), problem: status.warning ?? `${backend} could not be used here.` };
  const fast = { ...result, ...seen, tokensPerSecond: figures.decodeTokensPerSecond };
  if (status.warning !== null) return { ...fast, problem: status.warning };
  const compared = one.probe && figures.probe ? compareProbes(one.probe, figures.probe) : null;
  if (!compared) return { ...fast, problem: 'The engine told nothing to compare: try again.' };
  const wrong = `It computes other results than the processor: at ${String(compared.agreed)} of ${String(compared.places)} places both chose the same word. Update the graphics driver, or keep the processor.`;
  return { ...fast, ...compared, problem: compared.passed ? null : wrong };
}
