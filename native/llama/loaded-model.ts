import { InsufficientMemoryError, LlamaVocabularyType } from 'node-llama-cpp';
import type { Llama, LlamaContext, LlamaModel, Token } from 'node-llama-cpp';
import { addonContext } from './addon.ts';
import type { AddonContext } from './addon.ts';
import { createChatText } from './chat-text.ts';
import type { ChatText } from './chat-text.ts';
import { readsIntoMemory, stateBytes } from './fit.ts';
import type { ModelShape } from '../../electron/base/model-shape.ts';
import type { Plan } from './fit.ts';
import type { ModelSpec } from './protocol.ts';
import { freeMemoryBytes } from './memory.ts';
import { readShape, shapeOf } from './shape.ts';
import { createKnownReplies, createSlots } from './slots.ts';
import type { RepliesByText, Slots } from './slots.ts';
import { byteLevelBytes, sentencePieceByte } from './text.ts';
import type { Piece } from './text.ts';

/** One token of the vocabulary, looked up once. */
export interface VocabPiece extends Piece {
  /** The reply ends here. */
  readonly ends: boolean;
}

/** A model in memory with its context. */
export interface LoadedModel {
  readonly spec: ModelSpec;
  readonly model: LlamaModel;
  readonly chat: ChatText;
  readonly backend: string;
  readonly plan: Plan;
  readonly shape: ModelShape;
  /** All that a card could hold: its layers and the output. */
  readonly layers: number;
  /** Memory it really takes, by llama.cpp's own account. */
  usedBytes(): { readonly ramBytes: number; readonly gpuBytes: number };
  /** Replies of all its conversations as they were generated. */
  readonly replies: RepliesByText;
  piece(token: number): VocabPiece;
  /** All of these change together when the context grows. */
  context(): { readonly addon: AddonContext; readonly slots: Slots; readonly contextTokens: number };
  /** Largest context this file and this machine's memory allow. */
  readonly mostContextTokens: number;
  /** Sliding window of the attention in tokens; null = none. */
  readonly windowTokens: number | null;
  /** Makes room for so many tokens. Kept state is lost. False when it can't. */
  grow(neededTokens: number): Promise<boolean>;
  dispose(): Promise<void>;
}

const REPLACEMENT = '\uFFFD';

function createPieces(model: LlamaModel, chat: ChatText): (token: number) => VocabPiece {
  const known: VocabPiece[] = [];
  const vocabulary: unknown = Reflect.get(model, '_model');
  const entry = (token: number): string => {
    const read: unknown =
      typeof vocabulary === 'object' && vocabulary ? Reflect.get(vocabulary, 'getTokenString') : null;
    return typeof read === 'function' ? String(read.call(vocabulary, token)) : '';
  };
  const spaced = model.vocabularyType === LlamaVocabularyType.spm;
  const text = (token: Token): string => {
    if (!spaced) return model.detokenize([token]);
    // A SentencePiece vocabulary drops the space of a first word: ask for the token as a second one.
    const before = model.tokenize('a', false).at(-1);
    return before === undefined ? model.detokenize([token]) : model.detokenize([token], false, [before]);
  };
  const make = (token: Token): VocabPiece => {
    const ends = model.isEogToken(token) || chat.stopTokens.has(token);
    const own = text(token);
    if (!own.includes(REPLACEMENT)) return { text: own, bytes: null, ends };
    return { text: own, bytes: spaced ? sentencePieceByte(entry(token)) : byteLevelBytes(entry(token)), ends };
  };
  return (token) => (known[token] ??= make(token as Token));
}

/** What llama.cpp itself says it took. */
function breakdown(of: unknown, inner: string): { ram: number; gpu: number } {
  const native: unknown = typeof of === 'object' && of ? Reflect.get(of, inner) : null;
  const read: unknown = typeof native === 'object' && native ? Reflect.get(native, 'getMemoryBreakdown') : null;
  const told: unknown = typeof read === 'function' ? read.call(native) : null;
  const number = (name: string): number =>
    typeof told === 'object' && told ? Number(Reflect.get(told, name)) || 0 : 0;
  return { ram: number('cpuRam'), gpu: number('gpuVram') };
}

const roundUp = (tokens: number): number => Math.ceil(tokens / 256) * 256;

export interface LoadOptions {
  readonly llama: Llama;
  readonly backend: string;
  readonly spec: ModelSpec;
  readonly threads: number;
  /** How to run it; asked once its shape is known: before loading when the header was read before. */
  readonly planOf: (shape: ModelShape) => Plan;
  readonly onProgress: (fraction: number) => void;
}

/** Loads a file. Rejects with what node-llama-cpp says; nothing is kept then. */
export async function loadModel(options: LoadOptions): Promise<LoadedModel> {
  const { llama, backend, spec, threads, planOf, onProgress } = options;
  // How many layers go to a card must be known before; on the processor the header is read once, with the file.
  const known = spec.shape ?? (llama.gpu === false ? null : await readShape(spec.path, spec.sizeBytes));
  const planned = known ? planOf(known) : null;
  const model = await llama.loadModel({
    modelPath: spec.path,
    gpuLayers: llama.gpu === false ? 0 : (planned?.gpuLayers ?? 0),
    // What goes to a card is copied there in any case.
    useMmap: llama.gpu !== false || !readsIntoMemory(spec.sizeBytes, freeMemoryBytes()),
    onLoadProgress: onProgress,
    // The plan was made from what is free; the library's own guess would refuse what fits.
    ignoreMemorySafetyChecks: planned !== null,
  });
  try {
    const chat = createChatText(model);
    const shape = known ?? shapeOf(model.fileInfo, model.size);
    const plan = planned ?? planOf(shape);
    const perToken = stateBytes(shape, plan.cacheType);
    const open = async (contextTokens: number, sequences: number) => {
      const context = await model.createContext({
        contextSize: contextTokens,
        sequences,
        threads,
        batchSize: plan.batchTokens,
        failedCreationRemedy: false,
        ignoreMemorySafetyChecks: true,
        ...(plan.cacheType === 'F16'
          ? {}
          : {
              flashAttention: true,
              experimentalKvCacheKeyType: plan.cacheType,
              experimentalKvCacheValueType: plan.cacheType,
            }),
      });
      const slots = createSlots(sequences);
      return { context, addon: addonContext(context), slots, contextTokens: context.contextSize };
    };
    let current: { context: LlamaContext; addon: AddonContext; slots: Slots; contextTokens: number } = await open(
      plan.contextTokens,
      plan.sequences,
    );
    const mostContextTokens = Math.max(current.contextTokens, Math.min(plan.mostContextTokens, shape.trainedTokens));
    return {
      spec,
      model,
      chat,
      backend,
      plan,
      shape,
      layers: shape.layers + 1,
      replies: createKnownReplies(),
      piece: createPieces(model, chat),
      context: () => current,
      mostContextTokens,
      windowTokens: model.fileInsights.swaSize ?? null,
      usedBytes() {
        const [own, state] = [breakdown(model, '_model'), breakdown(current.context, '_ctx')];
        return { ramBytes: own.ram + state.ram, gpuBytes: own.gpu + state.gpu };
      },
      async grow(neededTokens) {
        const before = current.contextTokens;
        if (neededTokens <= before) return true;
        if (neededTokens > mostContextTokens) return false;
        const wanted = Math.min(mostContextTokens, roundUp(Math.max(neededTokens, before * 2)));
        const budget = Math.max(perToken * before * current.slots.all.length, perToken * wanted);
        await current.context.dispose();
        try {
          current = await open(wanted, Math.max(1, Math.floor(budget / (perToken * wanted))));
        } catch {
          current = await open(before, 1);
        }
        return neededTokens <= current.contextTokens;
      },
      async dispose() {
        await current.context.dispose();
        await model.dispose();
      },
    };
  } catch (error) {
    await model.dispose();
    // The library says only that it failed; with the file loaded, what fails here is memory.
    if (error instanceof Error && /failed to create context/i.test(error.message)) {
      throw new InsufficientMemoryError(error.message);
    }
    throw error;
  }
}
