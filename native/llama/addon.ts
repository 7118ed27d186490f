import type { Llama, LlamaContext, LlamaEmbeddingContext, LlamaModel, Token } from 'node-llama-cpp';

/**
 * The addon below node-llama-cpp's own loop, as of 3.22.1. We decode on it directly: its loop cannot change threads between
 * prefill and decode, and costs a quarter of the speed of a small model.
 */
export interface AddonContext {
  initBatch(size: number): void;
  /** Returns the batch positions whose logits were asked for. */
  addToBatch(sequence: number, firstPosition: number, tokens: Uint32Array, logits: Uint32Array): Uint32Array;
  decodeBatch(): Promise<void>;
  sampleToken(batchPosition: number, sampler: AddonSampler): Promise<number>;
  /** With `confidence`: the token and its probability, third. */
  sampleToken(
    batchPosition: number,
    sampler: AddonSampler,
    probabilities: false,
    confidence: true,
  ): Promise<readonly [number, unknown, number | undefined]>;
  disposeSequence(sequence: number): void;
  /** False when the kind of memory cannot forget a part (recurrent models). */
  removeTokenCellsFromSequence(sequence: number, start: number, end: number): boolean;
  getSequenceKvCacheMinPosition(sequence: number): number;
  setThreads(threads: number): void;
  /** Rejects when the state cannot be copied whole. Returns its bytes. */
  copySequenceStateFromOtherSequence(target: number, source: number): Promise<number>;
  /** The sequence must hold exactly these tokens, and nothing may be decoded meanwhile. Resolves with the bytes written. */
  saveSequenceStateToFile(path: string, sequence: number, tokens: Uint32Array): Promise<number>;
  /** Trusts the file: only for one that was checked. Resolves with its tokens; rejects when it holds more than `mostTokens`. */
  loadSequenceStateFromFile(path: string, sequence: number, mostTokens: number): Promise<Uint32Array>;
}

export interface AddonSampler {
  applyConfig(config: SamplerConfig): void;
  dispose(): void;
}

export interface SamplerConfig {
  temperature: number;
  topK: number;
  topP: number;
  minP: number;
  seed: number;
  repeatPenalty?: number;
  repeatPenaltyMaxTokens?: number;
  repeatPenaltyTokens?: Uint32Array;
  repeatPenaltyPresencePenalty?: number;
  repeatPenaltyFrequencyPenalty?: number;
  /** Only tokens that this grammar allows are chosen. */
  grammarEvaluationState?: object;
}

const has = (value: unknown, names: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'function');

const isContext = (value: unknown): value is AddonContext =>
  has(value, [
    'initBatch',
    'addToBatch',
    'decodeBatch',
    'sampleToken',
    'disposeSequence',
    'removeTokenCellsFromSequence',
    'getSequenceKvCacheMinPosition',
    'setThreads',
    'copySequenceStateFromOtherSequence',
    'saveSequenceStateToFile',
    'loadSequenceStateFromFile',
  ]);
const isSampler = (value: unknown): value is AddonSampler => has(value, ['applyConfig', 'dispose']);

const WRONG_VERSION = 'node-llama-cpp is not the version this app was built with: reinstall with `npm ci`.';

/** The addon's context inside node-llama-cpp's. Throws when the installed version has another shape. */
export function addonContext(context: LlamaContext): AddonContext {
  const inner: unknown = Reflect.get(context, '_ctx');
  if (!isContext(inner)) throw new Error(WRONG_VERSION);
  return inner;
}

interface EmbeddingInside {
  readonly _llamaContext: LlamaContext;
  readonly _prepareInput: (tokens: Token[]) => void;
}
interface AddonVectors {
  getEmbedding(tokens: number): ArrayLike<number>;
}
const isEmbedding = (value: unknown): value is EmbeddingInside =>
  has(value, ['_prepareInput']) && typeof value === 'object' && value !== null && '_llamaContext' in value;
const makesVectors = (value: unknown): value is AddonVectors => has(value, ['getEmbedding']);

/** What is inside an embedding context: `prepare` adds the tokens a text begins and ends with, `vector` is of the sequence 0. */
export function addonEmbedding(context: LlamaEmbeddingContext): {
  readonly addon: AddonContext;
  readonly prepare: (tokens: Token[]) => void;
  readonly vector: (tokens: number) => number[];
} {
  const inside: unknown = context;
  if (!isEmbedding(inside)) throw new Error(WRONG_VERSION);
  const addon = addonContext(inside._llamaContext);
  const vectors: unknown = addon;
  if (!makesVectors(vectors)) throw new Error(WRONG_VERSION);
  return {
    addon,
    prepare: (tokens) => {
      inside._prepareInput(tokens);
    },
    vector: (tokens) => Array.from(vectors.getEmbedding(tokens)),
  };
}

/** A new native sampler; the caller disposes it. */
export function createSampler(llama: Llama, model: LlamaModel): AddonSampler {
  const bindings: unknown = Reflect.get(llama, '_bindings');
  const make: unknown =
    typeof bindings === 'object' && bindings !== null ? Reflect.get(bindings, 'AddonSampler') : null;
  if (typeof make !== 'function') throw new Error(WRONG_VERSION);
  const sampler: unknown = Reflect.construct(make, [Reflect.get(model, '_model')]);
  if (!isSampler(sampler)) throw new Error(WRONG_VERSION);
  return sampler;
}
