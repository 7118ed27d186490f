import { InsufficientMemoryError } from 'node-llama-cpp';
import type { LlamaEmbeddingContext, LlamaModel } from 'node-llama-cpp';
import { addonEmbedding } from './addon.ts';
import type { StartedBackend } from './backend.ts';
import { readsIntoMemory } from './fit.ts';
import { freeMemoryBytes } from './memory.ts';
import type { FromHost, ModelSpec, ToHost } from './protocol.ts';
import { ContextFullError } from './reply.ts';
import { createThreadChoice } from './thread-choice.ts';
import type { ThreadChoice } from './thread-choice.ts';

export type EmbedMessage = Extract<ToHost, { t: 'embed' }>;

export interface EmbedderDeps {
  readonly backendOf: () => Promise<StartedBackend>;
  readonly send: (message: FromHost) => void;
  readonly cores: number;
  /** Cores that other programs leave free now, at least 1. */
  readonly freeCores: () => number;
  readonly monotonicMs: () => number;
  readonly stopped: (id: number) => boolean;
  /** Calls back after so many ms; returns what cancels it. */
  readonly after: (ms: number, run: () => void) => () => void;
}

interface Loaded {
  readonly path: string;
  readonly model: LlamaModel;
  readonly context: LlamaEmbeddingContext;
  readonly threads: ThreadChoice;
}

/** An embedding model that nobody asked anything for so long, in ms, is put away. */
const IDLE_MS = 600_000;
/** Longest text read at once, in tokens: an embedding model looks at all of it together, so its batch is as wide. */
const MOST_TOKENS = 8192;
/** Bytes that computing takes beside the weights, and what is left to the rest of the machine. */
const SPARE_BYTES = 128 * 2 ** 20;

/** Little-endian 32-bit floats of the vector at unit length, as base64: a tenth of the work of a list of numbers for who reads it. */
function packed(vector: readonly number[]): string {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, at) => bytes.writeFloatLE(value / length, at * 4));
  return bytes.toString('base64');
}

/**
 * An embedding model beside the one that chats: whoever asks for vectors between two turns must not cost a model its place and a
 * conversation its state. Texts are read one after the other; llama.cpp's pooled vectors of several at once are out of the addon's reach.
 */
export function createEmbedder({ backendOf, send, cores, freeCores, monotonicMs, stopped, after }: EmbedderDeps) {
  let loaded: Loaded | null = null;
  let work: Promise<unknown> = Promise.resolve();
  let cancelIdle: (() => void) | null = null;

  async function putAway(): Promise<void> {
    cancelIdle?.();
    cancelIdle = null;
    const old = loaded;
    loaded = null;
    await old?.context.dispose();
    await old?.model.dispose();
  }

  async function ready(spec: ModelSpec): Promise<Loaded> {
    if (loaded?.path === spec.path) return loaded;
    await putAway();
    const { llama } = await backendOf();
    const freeBytes = freeMemoryBytes();
    if (spec.sizeBytes + SPARE_BYTES > freeBytes)
      throw new InsufficientMemoryError('The embedding model does not fit the memory that is free.');
    const model = await llama.loadModel({
      modelPath: spec.path,
      useMmap: !readsIntoMemory(spec.sizeBytes, freeBytes),
      ignoreMemorySafetyChecks: true,
    });
    try {
      const contextSize = Math.max(16, Math.min(model.trainContextSize, MOST_TOKENS));
      const context = await model.createEmbeddingContext({
        contextSize,
        batchSize: contextSize,
        threads: cores,
        ignoreMemorySafetyChecks: true,
      });
      loaded = { path: spec.path, model, context, threads: createThreadChoice(cores, freeCores) };
      return loaded;
    } catch (error) {
      await model.dispose();
      throw error;
    }
  }

  async function embed({ id, model: spec, texts }: EmbedMessage): Promise<void> {
    cancelIdle?.();
    const { context, model, threads } = await ready(spec);
    const { addon, prepare, vector } = addonEmbedding(context);
    for (const [at, text] of texts.entries()) {
      if (stopped(id)) return;
      const input = model.tokenize(text);
      prepare(input);
      const tokens = input.length;
      const most = Math.min(model.trainContextSize, MOST_TOKENS);
      if (tokens > most) throw new ContextFullError(tokens, most);
      if (tokens === 0) throw new Error('The model reads nothing in this text: leave it out.');
      const count = threads.next();
      const fromMs = monotonicMs();
      addon.setThreads(count);
      addon.initBatch(tokens);
      addon.addToBatch(0, 0, Uint32Array.from(input), Uint32Array.of(tokens - 1));
      await addon.decodeBatch();
      threads.note(count, tokens, monotonicMs() - fromMs);
      send({ t: 'embedded', id, at, vector: packed(vector(tokens)), tokens });
      addon.disposeSequence(0);
    }
  }

  return {
    /** One request after the other. Rejects with what node-llama-cpp says; the model is put away then, unless a text was too long. */
    embed(message: EmbedMessage): Promise<void> {
      const done = work.then(async () => {
        try {
          await embed(message);
          cancelIdle = after(IDLE_MS, () => void (work = work.then(putAway).catch(() => undefined)));
        } catch (error) {
          if (!(error instanceof ContextFullError)) await putAway().catch(() => undefined);
          throw error;
        }
      });
      work = done.catch(() => undefined);
      return done;
    },
    unload: (): Promise<unknown> => (work = work.then(putAway).catch(() => undefined)),
  };
}
