import type { ModelShape } from '../../electron/base/model-shape.ts';

/** Memory that is free now, in bytes. `gpu` null = no graphics card is used. */
export interface Room {
  readonly ram: number;
  readonly gpu: number | null;
}

export type CacheType = 'F16' | 'Q8_0';

/** One way to run a model. */
export interface Plan {
  /** A graphics card computes, whatever of the model it holds. */
  readonly card: boolean;
  readonly gpuLayers: number;
  /** Of one conversation. */
  readonly contextTokens: number;
  readonly sequences: number;
  readonly cacheType: CacheType;
  /** Most tokens computed in one go. */
  readonly batchTokens: number;
  /** Largest context it may grow to. */
  readonly mostContextTokens: number;
}

export interface Estimate {
  readonly ramBytes: number;
  readonly gpuBytes: number;
}

const CACHE_BYTES: Readonly<Record<CacheType, number>> = { F16: 2, Q8_0: 34 / 32 };
const MiB = 2 ** 20;

export const FIRST_CONTEXT_TOKENS = 8192;
export const LEAST_CONTEXT_TOKENS = 512;
/** Replies made at once, and conversations whose state is kept. */
export const MOST_SEQUENCES = 8;
export const BATCH_TOKENS = 512;
/** State of conversations may take so much, or this share of what is free: all of it is touched at once when a model is loaded. */
const STATE_BYTES = 512 * MiB;
const STATE_SHARE = 1 / 16;
/** Left to the rest of the machine. */
const SPARE_SHARE = 0.1;
const SPARE_LEAST = 64 * MiB;

/** Bytes of state one token takes in one conversation. */
export const stateBytes = (shape: ModelShape, cacheType: CacheType): number =>
  shape.stateElements * CACHE_BYTES[cacheType];

/** With a card at work, this share of one layer's state is copied to it while that is kept in main memory. */
const COPIED_STATE = 0.6;

/** Bytes of a weight of the output matrix, which is lent to a card that does not hold it: kept at 8 bits nearly everywhere. */
const OUTPUT_WEIGHT_BYTES = 34 / 32;

/**
 * Memory of a plan. Weights and state are counted exactly. Buffers for computing were measured on llama.cpp (node-llama-cpp 3.22.1) over
 * four shapes, on a processor and on Vulkan: the larger of two moments, the logits of a batch with two rows of its width, and
 * four feed-forward rows with one, a mask of two bytes for each pair of batch and context, and what is lent to a card.
 */
export function estimate(shape: ModelShape, plan: Plan): Estimate {
  const { weightsBytes, layers, width, feedForward, vocabulary } = shape;
  const { batchTokens, gpuLayers, card } = plan;
  const onCard = Math.min(1, gpuLayers / (layers + 1));
  // The first layer that goes to the card is the output, which has no state.
  const stateOnCard = Math.min(1, Math.max(0, gpuLayers - 1) / Math.max(1, layers));
  const state = stateBytes(shape, plan.cacheType) * plan.contextTokens * plan.sequences;
  const mask = batchTokens * plan.contextTokens * 2;
  const lentState = card && stateOnCard < 1 ? (COPIED_STATE * state) / Math.max(1, layers) : 0;
  const lentOutput = card && gpuLayers === 0 ? vocabulary * width * OUTPUT_WEIGHT_BYTES : 0;
  const compute = Math.max(
    batchTokens * (vocabulary + 2 * width) * 4 + lentOutput,
    batchTokens * (4 * feedForward + width) * 4 + mask + lentState,
  );
  const inRam = weightsBytes * (1 - onCard) + state * (1 - stateOnCard);
  if (!card) return { ramBytes: Math.round(inRam + compute), gpuBytes: 0 };
  return {
    ramBytes: Math.round(inRam + batchTokens * 2 * width * 4 + mask),
    gpuBytes: Math.round(weightsBytes * onCard + state * stateOnCard + compute),
  };
}

const roundDown = (tokens: number): number => Math.max(256, Math.floor(tokens / 256) * 256);
const usable = (bytes: number): number => Math.max(0, bytes - Math.max(SPARE_LEAST, bytes * SPARE_SHARE));

const fits = (shape: ModelShape, plan: Plan, room: Room): boolean => {
  const { ramBytes, gpuBytes } = estimate(shape, plan);
  return ramBytes <= usable(room.ram) && gpuBytes <= usable(room.gpu ?? 0);
};

/** The largest context one conversation can have within so much memory, at most what the model was trained with. */
function mostContext(shape: ModelShape, plan: Plan, room: Room): number {
  const alone = { ...plan, sequences: 1, contextTokens: 0 };
  const { ramBytes, gpuBytes } = estimate(shape, alone);
  // Half of what is left: programs that start later need some.
  const left = (usable(room.ram) - ramBytes + (room.gpu === null ? 0 : usable(room.gpu) - gpuBytes)) / 2;
  const perToken = stateBytes(shape, plan.cacheType) + plan.batchTokens * 2;
  const affordable = Math.floor(left / perToken);
  return Math.max(LEAST_CONTEXT_TOKENS, Math.min(shape.trainedTokens, affordable));
}

/** Fewer conversations at once, then a smaller context, until the state is of a size that this machine spares. */
function shrinkToBudget(shape: ModelShape, plan: Plan, room: Room): Plan {
  const budget = Math.max(STATE_BYTES, (room.ram + (room.gpu ?? 0)) * STATE_SHARE);
  const perToken = stateBytes(shape, plan.cacheType);
  let { contextTokens, sequences } = plan;
  const over = (): boolean => perToken * contextTokens * sequences > budget;
  while (over() && sequences > 2) sequences--;
  while (over() && contextTokens > FIRST_CONTEXT_TOKENS / 4) contextTokens = roundDown(contextTokens / 2);
  while (over() && sequences > 1) sequences--;
  return { ...plan, contextTokens, sequences };
}

/**
 * How to run a model in the memory that is free: as many layers on the graphics card as it holds, eight conversations of 8,192
 * tokens, and less of that where it does not fit. Null = not even the least of it does.
 */
export function fit(shape: ModelShape, room: Room): Plan | null {
  const full: Plan = {
    card: room.gpu !== null,
    gpuLayers: room.gpu === null ? 0 : shape.layers + 1,
    contextTokens: Math.max(LEAST_CONTEXT_TOKENS, Math.min(shape.trainedTokens, FIRST_CONTEXT_TOKENS)),
    sequences: MOST_SEQUENCES,
    cacheType: 'F16',
    batchTokens: BATCH_TOKENS,
    mostContextTokens: 0,
  };
  const finish = (plan: Plan): Plan => ({
    ...plan,
    batchTokens: Math.min(plan.batchTokens, plan.contextTokens),
    mostContextTokens: Math.max(plan.contextTokens, mostContext(shape, plan, room)),
  });
  const candidates = function* (): Generator<Plan> {
    const wanted = shrinkToBudget(shape, full, room);
    for (let { sequences } = wanted; ; sequences = Math.max(1, Math.floor(sequences / 2))) {
      for (let { gpuLayers } = wanted; gpuLayers > 0; gpuLayers--) yield { ...wanted, sequences, gpuLayers };
      yield { ...wanted, sequences, gpuLayers: 0 };
      if (sequences === 1) break;
    }
    for (const cacheType of ['F16', 'Q8_0'] as const) {
      for (let { contextTokens } = wanted; contextTokens >= LEAST_CONTEXT_TOKENS; contextTokens = contextTokens / 2) {
        const small = contextTokens <= 1024 ? 128 : 256;
        yield { ...wanted, sequences: 1, gpuLayers: 0, cacheType, contextTokens, batchTokens: small };
      }
    }
  };
  for (const plan of candidates()) if (fits(shape, plan, room)) return finish(plan);
  return null;
}

/** Reading a larger file takes longer than anybody wants to wait for a first answer: 0.8 s for 190 MB where it was slowest. */
const MOST_READ_BYTES = 2 ** 30;
const READ_ROOM = 3;

/**
 * Whether weights are read into memory of the engine's own, not mapped from their file: a step then takes as long as the one before it. Of a
 * mapped file the kernel ages the pages, and the step after that met each of them anew: 40 to 70 ms instead of 9, once or twice a reply
 * (190 MB, one thread). A file that vanishes or shrinks later does no harm either. Mapped pages can be dropped when memory is short, so much must be free.
 */
export const readsIntoMemory = (weightsBytes: number, freeBytes: number): boolean =>
  weightsBytes <= MOST_READ_BYTES && weightsBytes * READ_ROOM <= freeBytes;

/** What to try when a plan could not be had after all, mildest first; empty = nothing smaller is left. */
export function stepsDown(plan: Plan): Plan[] {
  const steps: Plan[] = [];
  let last = plan;
  const add = (next: Partial<Plan>): void => {
    const made = { ...last, ...next };
    made.mostContextTokens = Math.max(made.contextTokens, Math.min(last.mostContextTokens, made.contextTokens * 2));
    if (JSON.stringify(made) === JSON.stringify(last)) return;
    steps.push(made);
    last = made;
  };
  if (plan.gpuLayers > 1) add({ gpuLayers: Math.floor(plan.gpuLayers / 2) });
  add({ sequences: Math.min(2, plan.sequences), contextTokens: smaller(plan.contextTokens, 2) });
  if (plan.gpuLayers > 0) add({ gpuLayers: 0 });
  add({ sequences: 1, contextTokens: smaller(plan.contextTokens, 4), batchTokens: Math.min(128, plan.batchTokens) });
  add({ contextTokens: Math.min(1024, last.contextTokens), cacheType: 'Q8_0' });
  return steps;
}

const smaller = (tokens: number, times: number): number =>
  Math.min(tokens, Math.max(LEAST_CONTEXT_TOKENS, roundDown(tokens / times)));

/** A plan in words, for traces and the window. */
export const planInWords = (plan: Plan): string =>
  [
    plan.gpuLayers > 0 ? `${plan.gpuLayers} layers on the graphics card` : 'on the processor',
    `${plan.sequences} × ${plan.contextTokens} tokens`,
    `cache ${plan.cacheType}`,
  ].join(', ');
