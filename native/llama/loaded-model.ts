import { freemem } from 'node:os';
import { LlamaVocabularyType } from 'node-llama-cpp';
import type { Llama, LlamaContext, LlamaModel, Token } from 'node-llama-cpp';
import { addonContext } from './addon.ts';
import type { AddonContext } from './addon.ts';
import { createChatText } from './chat-text.ts';
import type { ChatText } from './chat-text.ts';
import type { ModelSpec } from './protocol.ts';
import { createKnownReplies, createSlots } from './slots.ts';
import type { RepliesByText, Slots } from './slots.ts';
import { byteLevelBytes, sentencePieceByte } from './text.ts';
import type { Piece } from './text.ts';

/** Most tokens computed in one go. */
export const BATCH_TOKENS = 512;
const FIRST_CONTEXT_TOKENS = 8192;
const LEAST_CONTEXT_TOKENS = 512;
/** Replies made at once, and conversations whose state is kept. */
const MOST_SLOTS = 8;
const SLOTS_BYTES = 1024 * 2 ** 20;

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

const numberAt = (value: unknown): number | null =>
  typeof value === 'number'
    ? value
    : Array.isArray(value)
      ? Math.max(...value.filter((v) => typeof v === 'number'))
      : null;

/** Bytes of state one token takes in one sequence, as 16-bit keys and values. */
function stateBytesPerToken(model: LlamaModel): number {
  const info: unknown = model.fileInfo.architectureMetadata;
  const field = (path: readonly string[]): number | null =>
    numberAt(
      path.reduce<unknown>((at, name) => (typeof at === 'object' && at ? Reflect.get(at, name) : undefined), info),
    );
  const heads = field(['attention', 'head_count']) ?? 1;
  const width = (field(['embedding_length']) ?? 4096) / heads;
  const key = field(['attention', 'key_length']) ?? width;
  const value = field(['attention', 'value_length']) ?? width;
  return (field(['block_count']) ?? 32) * (field(['attention', 'head_count_kv']) ?? heads) * (key + value) * 2;
}

const roundUp = (tokens: number): number => Math.ceil(tokens / 256) * 256;

/** Loads a file. Rejects with what node-llama-cpp says; nothing is kept then. */
export async function loadModel(
  llama: Llama,
  backend: string,
  spec: ModelSpec,
  threads: number,
  onProgress: (fraction: number) => void,
): Promise<LoadedModel> {
  const gpu = llama.gpu !== false;
  const model = await llama.loadModel({
    modelPath: spec.path,
    gpuLayers: gpu ? 'auto' : 0,
    useMmap: true,
    onLoadProgress: onProgress,
  });
  try {
    const chat = createChatText(model);
    const perToken = stateBytesPerToken(model);
    // A quarter of what is free may go to the state of conversations.
    const affordable = Math.floor(Math.max(freemem() / 4, 64 * 2 ** 20) / perToken);
    const mostContextTokens = Math.max(LEAST_CONTEXT_TOKENS, Math.min(model.trainContextSize, affordable));
    const open = async (tokens: number) => {
      for (let size = tokens; ; size = Math.max(LEAST_CONTEXT_TOKENS, Math.floor(size / 2))) {
        const sequences = Math.max(1, Math.min(MOST_SLOTS, Math.floor(SLOTS_BYTES / (size * perToken))));
        try {
          const context = await model.createContext({
            contextSize: size,
            sequences,
            threads,
            batchSize: Math.min(BATCH_TOKENS, size),
            failedCreationRemedy: false,
          });
          return {
            context,
            addon: addonContext(context),
            slots: createSlots(sequences),
            contextTokens: context.contextSize,
          };
        } catch (error) {
          if (size <= LEAST_CONTEXT_TOKENS) throw error;
        }
      }
    };
    let current: { context: LlamaContext; addon: AddonContext; slots: Slots; contextTokens: number } = await open(
      Math.min(mostContextTokens, FIRST_CONTEXT_TOKENS),
    );
    return {
      spec,
      model,
      chat,
      backend,
      replies: createKnownReplies(),
      piece: createPieces(model, chat),
      context: () => current,
      mostContextTokens,
      windowTokens: model.fileInsights.swaSize ?? null,
      async grow(neededTokens) {
        if (neededTokens > mostContextTokens || neededTokens <= current.contextTokens) {
          return neededTokens <= current.contextTokens;
        }
        const before = current.contextTokens;
        await current.context.dispose();
        current = await open(Math.min(mostContextTokens, roundUp(Math.max(neededTokens, before * 2))));
        return neededTokens <= current.contextTokens;
      },
      async dispose() {
        await current.context.dispose();
        await model.dispose();
      },
    };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}
