import { say } from '../../contract/sentences/index.ts';
import type { SentenceCode } from '../../contract/sentences/index.ts';
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { ModelShape } from '../../base/model-shape.ts';
import { BrokenFileError, createByteReader } from './byte-reader.ts';
import type { ByteReader, ByteSource } from './byte-reader.ts';
import { EMBEDDERS, FILE_TYPES, NOT_FOR_CHAT, TENSOR_TYPES } from './types.ts';

/** What a GGUF file says of itself. */
export interface GgufHeader {
  readonly version: number;
  readonly architecture: string;
  /** `general.name`; null when absent. */
  readonly name: string | null;
  /** Weights in this file. */
  readonly parameters: number;
  readonly quantization: string | null;
  /** Trained context window in tokens. */
  readonly contextTokens: number;
  readonly licence: string | null;
  readonly hasChatTemplate: boolean;
  /** What it was trained to make: replies, or vectors of texts. */
  readonly makes: 'replies' | 'vectors';
  /** Files the model is split into, 1 when whole, and the index of this one. */
  readonly splitCount: number;
  readonly splitIndex: number;
  /** What the memory it takes depends on. `weightsBytes` counts this file only. */
  readonly shape: ModelShape;
}

/** Why a file cannot be used, one sentence with `{name}` where the file's name belongs. */
export interface GgufProblem {
  readonly state: 'corrupt' | 'unsupported';
  readonly problem: string;
}

type Wrong = Extract<SentenceCode, `model.wrong.${string}`> extends `model.wrong.${infer Code}` ? Code : never;
const wrong = (code: Wrong, slots: Readonly<Record<string, string | number>> = {}): string =>
  say(`model.wrong.${code}`, { ...slots, name: '{name}' });

/** Format limits far above every published model; they bound the work a hostile header can ask for. */
const MOST_ENTRIES = 65_536;
const MOST_TENSORS = 262_144;
const MOST_NAME_BYTES = 65_535;
const KEPT_TEXT_BYTES = 1 << 16;
const MOST_ARRAY_ITEMS = 1 << 24;
const FALLBACK_CONTEXT_TOKENS = 2048;
/** `pooling_type` of a header: mean, class token and last token make one vector of a text, rank makes a score (llama.cpp's enum). */
const POOLINGS: ReadonlySet<number> = new Set([1, 2, 3]);
const RANK_POOLING = 4;
const MOST_LAYERS = 4096;

const VALUE_BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const STRING = 8;
const ARRAY = 9;

/** A list of few numbers is kept, of any other its length. */
type Value = string | number | readonly number[] | { readonly items: number } | null;
const KEPT_ITEMS = 1024;
const broken = (what: string): never => {
  throw new BrokenFileError(what);
};

async function readText(reader: ByteReader, mostBytes: number): Promise<string> {
  if (!reader.has(8)) await reader.fill(8);
  const bytes = reader.u64();
  if (bytes > mostBytes) return broken(say('model.damage.name'));
  if (!reader.has(bytes)) await reader.fill(bytes);
  return reader.text(bytes);
}

async function skipText(reader: ByteReader): Promise<void> {
  if (!reader.has(8)) await reader.fill(8);
  reader.skip(reader.u64());
}

async function readArray(reader: ByteReader, depth: number): Promise<Value> {
  if (depth > 4) broken(say('model.damage.nested'));
  if (!reader.has(12)) await reader.fill(12);
  const type = reader.u32();
  const items = reader.u64();
  const bytes = VALUE_BYTES[type];
  if (bytes !== undefined) {
    if (items > KEPT_ITEMS || (type !== 4 && type !== 5)) {
      reader.skip(items * bytes);
      return { items };
    }
    if (!reader.has(items * bytes)) await reader.fill(items * bytes);
    return Array.from({ length: items }, () => (type === 4 ? reader.u32() : reader.i32()));
  }
  if (items > MOST_ARRAY_ITEMS) broken(say('model.damage.list'));
  if (type !== STRING && type !== ARRAY) broken(say('model.damage.type'));
  for (let i = 0; i < items; i++) await (type === STRING ? skipText(reader) : readArray(reader, depth + 1));
  return { items };
}

/** A number, a short text, a list as far as it is kept; null for what nobody asks for. */
async function readValue(reader: ByteReader): Promise<Value> {
  if (!reader.has(12)) await reader.fill(4);
  const type = reader.u32();
  if (type === ARRAY) return readArray(reader, 0);
  if (type === STRING) {
    if (!reader.has(8)) await reader.fill(8);
    const bytes = reader.u64();
    if (bytes > KEPT_TEXT_BYTES) {
      reader.skip(bytes);
      return '';
    }
    if (!reader.has(bytes)) await reader.fill(bytes);
    return reader.text(bytes);
  }
  const bytes = VALUE_BYTES[type] ?? broken(say('model.damage.type'));
  if (!reader.has(bytes)) await reader.fill(bytes);
  if (type === 4) return reader.u32();
  if (type === 5) return reader.i32();
  if (type === 6) return reader.f32();
  if (type === 10) return reader.u64();
  if (type === 12) return reader.f64();
  if (type === 2) return reader.u16();
  if (type === 0 || type === 7) return reader.u8();
  reader.skip(bytes);
  return null;
}

async function readTensors(
  reader: ByteReader,
  count: number,
  alignment: number,
  sizeBytes: number,
): Promise<Result<{ parameters: number; mostType: string | null; bytes: number }, GgufProblem>> {
  const weightsOfType = new Map<string, number>();
  let parameters = 0;
  let dataBytes = 0;
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    await readText(reader, MOST_NAME_BYTES);
    if (!reader.has(4)) await reader.fill(4);
    const dimensions = reader.u32();
    if (dimensions > 4) broken(say('model.damage.tensor'));
    const rest = dimensions * 8 + 12;
    if (!reader.has(rest)) await reader.fill(rest);
    let weights = 1;
    for (let d = 0; d < dimensions; d++) weights *= reader.u64();
    const typeId = reader.u32();
    const offset = reader.u64();
    const type = TENSOR_TYPES[typeId];
    if (!type) {
      return err({ state: 'unsupported', problem: wrong('weights', { type: typeId }) });
    }
    const [name, blockWeights, blockBytes] = type;
    if (!Number.isSafeInteger(weights) || weights % blockWeights !== 0 || offset % alignment !== 0) {
      broken(say('model.damage.tensor'));
    }
    dataBytes = Math.max(dataBytes, offset + (weights / blockWeights) * blockBytes);
    parameters += weights;
    bytes += (weights / blockWeights) * blockBytes;
    weightsOfType.set(name, (weightsOfType.get(name) ?? 0) + weights);
  }
  const dataStart = Math.ceil(reader.position() / alignment) * alignment;
  if (dataStart + dataBytes > sizeBytes) {
    const missing = dataStart + dataBytes - sizeBytes;
    return err({
      state: 'corrupt',
      problem: wrong('cut', { bytes: missing.toLocaleString('en-US') }),
    });
  }
  const most = [...weightsOfType].reduce<[string, number] | null>((a, b) => (a && a[1] >= b[1] ? a : b), null);
  return ok({ parameters, mostType: most?.[0] ?? null, bytes });
}

async function parse(source: ByteSource): Promise<Result<GgufHeader, GgufProblem>> {
  const reader = createByteReader(source);
  if (source.sizeBytes < 24) return err({ state: 'corrupt', problem: wrong('empty') });
  await reader.fill(24);
  if (reader.text(4) !== 'GGUF') return err({ state: 'unsupported', problem: wrong('foreign') });
  const version = reader.u32();
  if (version !== 2 && version !== 3) {
    const swapped = version === 0x0300_0000 || version === 0x0200_0000;
    return err({ state: 'unsupported', problem: swapped ? wrong('big_endian') : wrong('version', { version }) });
  }
  const tensorCount = reader.u64();
  const entryCount = reader.u64();
  if (tensorCount > MOST_TENSORS || entryCount > MOST_ENTRIES) broken(say('model.damage.entries'));
  const values = new Map<string, Value>();
  for (let i = 0; i < entryCount; i++) {
    const key = await readText(reader, MOST_NAME_BYTES);
    const value = await readValue(reader);
    if (value !== null) values.set(key, value);
  }
  const text = (key: string): string | null => {
    const value = values.get(key);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const number = (key: string): number | null => {
    const value = values.get(key);
    return typeof value === 'number' ? value : null;
  };
  const alignment = number('general.alignment') ?? 32;
  if (!(alignment >= 1 && alignment <= 1 << 20 && Number.isInteger(alignment))) broken(say('model.damage.alignment'));
  const tensors = await readTensors(reader, tensorCount, alignment, source.sizeBytes);
  if (!tensors.ok) return tensors;
  const architecture = text('general.architecture');
  if (architecture === null) return broken(say('model.damage.no_architecture'));
  const pooling = number(`${architecture}.pooling_type`) ?? 0;
  if (NOT_FOR_CHAT.has(architecture) || text('general.type') === 'adapter') {
    return err({ state: 'unsupported', problem: wrong('no_chat', { architecture }) });
  }
  if (pooling === RANK_POOLING) return err({ state: 'unsupported', problem: wrong('ranks') });
  const splitCount = number('split.count') ?? 1;
  if (tensorCount === 0 && splitCount <= 1) {
    return err({ state: 'unsupported', problem: wrong('no_weights') });
  }
  const context = number(`${architecture}.context_length`);
  return ok({
    version,
    architecture,
    name: text('general.name'),
    parameters: tensors.value.parameters,
    quantization: FILE_TYPES[number('general.file_type') ?? -1] ?? tensors.value.mostType,
    contextTokens: context !== null && Number.isSafeInteger(context) && context > 0 ? context : FALLBACK_CONTEXT_TOKENS,
    licence: text('general.license'),
    hasChatTemplate: values.has('tokenizer.chat_template'),
    makes: EMBEDDERS.has(architecture) || POOLINGS.has(pooling) ? 'vectors' : 'replies',
    splitCount,
    splitIndex: number('split.no') ?? 0,
    shape: shapeOf(values, architecture, tensors.value.bytes),
  });
}

/** Sizes by the keys of the format's documentation; what is left out is what llama.cpp assumes, or a common size. */
function shapeOf(values: ReadonlyMap<string, Value>, architecture: string, weightsBytes: number): ModelShape {
  const numbers = (key: string): number[] => {
    const value = values.get(`${architecture}.${key}`);
    const all = typeof value === 'number' ? [value] : Array.isArray(value) ? (value as number[]) : [];
    return all.filter((one) => Number.isSafeInteger(one) && one >= 0);
  };
  const one = (key: string): number | undefined => {
    const found = numbers(key);
    return found.length === 0 ? undefined : Math.max(...found);
  };
  const layers = Math.min(MOST_LAYERS, one('block_count') ?? 32);
  const width = one('embedding_length') ?? 4096;
  const heads = Math.max(1, one('attention.head_count') ?? 32);
  const kvHeads = numbers('attention.head_count_kv');
  const perLayer = kvHeads.length === layers ? kvHeads : Array.from({ length: layers }, () => kvHeads[0] ?? heads);
  const headWidth = width / heads;
  const keyAndValue = (one('attention.key_length') ?? headWidth) + (one('attention.value_length') ?? headWidth);
  const tokens = values.get('tokenizer.ggml.tokens');
  const listed = typeof tokens === 'object' && tokens !== null && 'items' in tokens ? tokens.items : undefined;
  return {
    weightsBytes,
    layers,
    width,
    feedForward: one('feed_forward_length') ?? width * 4,
    vocabulary: listed ?? one('vocab_size') ?? 32_000,
    stateElements: perLayer.reduce((sum, count) => sum + count, 0) * keyAndValue,
    trainedTokens: one('context_length') || FALLBACK_CONTEXT_TOKENS,
  };
}

/**
 * Reads a GGUF header (v2, v3; https://github.com/ggml-org/ggml/blob/master/docs/gguf.md) and holds its tensor table against
 * the size of the file. Work and memory are bounded whatever the file claims. Rejects only when reading itself fails.
 */
export async function readGgufHeader(source: ByteSource): Promise<Result<GgufHeader, GgufProblem>> {
  try {
    return await parse(source);
  } catch (error) {
    if (error instanceof BrokenFileError) {
      return err({ state: 'corrupt', problem: wrong('damaged', { cause: error.message }) });
    }
    throw error;
  }
}
