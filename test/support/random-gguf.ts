import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

export interface RandomGgufOptions {
  readonly layers?: number;
  readonly width?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly feedForward?: number;
  /** At least 300: 256 bytes, two end tokens, and merges. */
  readonly vocabulary?: number;
  readonly contextTokens?: number;
  readonly seed?: number;
  readonly name?: string;
  readonly chatTemplate?: string;
  /** `llama.pooling_type`: 1 = mean, which makes it an embedding model. Absent = it chats. */
  readonly pooling?: number;
  /** Replies hardly ever end by themselves, and are of letters and spaces as words are; false when absent. */
  readonly endless?: boolean;
}

/** About 190 MB: what the speed bars are measured with. */
export const RANDOM_190_MB: Required<Omit<RandomGgufOptions, 'chatTemplate' | 'endless' | 'pooling'>> = {
  layers: 11,
  width: 1024,
  heads: 16,
  kvHeads: 8,
  feedForward: 3584,
  vocabulary: 10_240,
  contextTokens: 4096,
  seed: 1,
  name: 'Random 190 MB',
};

const Q8_0 = 8;
const F32 = 0;
const ALIGNMENT = 32;
const CHUNK_BYTES = 4 << 20;

/** GPT-2's printable stand-ins for the 256 bytes. */
const byteChars = (() => {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint((byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174 ? byte : next++),
  );
})();

function createBytes() {
  const parts: Buffer[] = [];
  const add = (bytes: number, write: (buffer: Buffer) => void): void => {
    const buffer = Buffer.alloc(bytes);
    write(buffer);
    parts.push(buffer);
  };
  const self = {
    u32: (value: number) => add(4, (b) => b.writeUInt32LE(value)),
    f32: (value: number) => add(4, (b) => b.writeFloatLE(value)),
    u64: (value: number) => add(8, (b) => b.writeBigUInt64LE(BigInt(value))),
    text(value: string): void {
      const bytes = Buffer.from(value);
      self.u64(bytes.length);
      parts.push(bytes);
    },
    done: (): Buffer => Buffer.concat(parts),
  };
  return self;
}

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
}

const weightsOf = ({ shape }: Tensor): number => shape.reduce((product, size) => product * size, 1);
const bytesOf = (tensor: Tensor): number =>
  tensor.type === F32 ? weightsOf(tensor) * 4 : (weightsOf(tensor) / 32) * 34;
const padded = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** One megabyte of random Q8_0 blocks, repeated over the tensors: every run of blocks decodes to different logits anyway. */
function randomBlocks(seed: number): Buffer {
  const blocks = Math.floor((1 << 20) / 34);
  const out = Buffer.alloc(blocks * 34);
  let state = seed >>> 0 || 1;
  const random = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  for (let block = 0; block < blocks; block++) {
    // Half-precision scale 0x0A00 to 0x0AFF: about 0.0002, so that activations neither vanish nor explode.
    out.writeUInt16LE(0x0a00 | (random() & 0xff), block * 34);
    for (let i = 0; i < 32; i += 4) out.writeUInt32LE(random(), block * 34 + 2 + i);
  }
  return out;
}

function vocabularyOf(size: number): { tokens: string[]; merges: string[]; types: number[] } {
  const tokens = [...byteChars];
  const merges: string[] = [];
  const letters = byteChars.slice(97, 123);
  const known = new Set(tokens);
  const addMerge = (left: string, right: string): void => {
    if (tokens.length >= size - 2 || known.has(left + right)) return;
    known.add(left + right);
    tokens.push(left + right);
    merges.push(`${left} ${right}`);
  };
  const space = byteChars[32] ?? '';
  for (const a of letters) addMerge(space, a);
  for (const a of letters) for (const b of letters) addMerge(a, b);
  for (const pair of tokens.slice(256)) for (const b of letters) addMerge(pair, b);
  while (tokens.length < size - 2) tokens.push(`[unused${tokens.length}]`);
  tokens.push('<|endoftext|>', '<|im_end|>');
  return { tokens, merges, types: tokens.map((_, i) => (i >= size - 2 ? 3 : 1)) };
}

/**
 * Whether nothing stands behind a word of an endless model, so that it hardly ever wins: the last two end a reply, and most of the
 * first 256 are bytes that are no text by themselves, which the router takes for a broken model.
 */
const isMute = (word: number, vocabulary: number): boolean =>
  word >= vocabulary - 2 || (word < 256 && word !== 32 && (word < 97 || word > 122));

/** Writes a llama-architecture GGUF with random weights: it runs at the speed of a real one and says nothing sensible. */
export async function writeRandomGguf(path: string, options: RandomGgufOptions = {}): Promise<{ sizeBytes: number }> {
  const { layers = 2, width = 64, heads = 2, kvHeads = 1, feedForward = 128, vocabulary = 512 } = options;
  const { contextTokens = 2048, seed = 1, name = 'Random' } = options;
  const headWidth = width / heads;
  const tensors: Tensor[] = [{ name: 'token_embd.weight', shape: [width, vocabulary], type: Q8_0 }];
  for (let layer = 0; layer < layers; layer++) {
    const weight = (part: string, ...shape: number[]): void =>
      void tensors.push({ name: `blk.${layer}.${part}.weight`, shape, type: shape.length === 1 ? F32 : Q8_0 });
    weight('attn_norm', width);
    weight('attn_q', width, width);
    weight('attn_k', width, kvHeads * headWidth);
    weight('attn_v', width, kvHeads * headWidth);
    weight('attn_output', width, width);
    weight('ffn_norm', width);
    weight('ffn_gate', width, feedForward);
    weight('ffn_up', width, feedForward);
    weight('ffn_down', feedForward, width);
  }
  tensors.push({ name: 'output_norm.weight', shape: [width], type: F32 });
  tensors.push({ name: 'output.weight', shape: [width, vocabulary], type: Q8_0 });

  const head = createBytes();
  const { tokens, merges, types } = vocabularyOf(vocabulary);
  const entries: (() => void)[] = [];
  const text = (key: string, value: string) => entries.push(() => (head.text(key), head.u32(8), head.text(value)));
  const u32 = (key: string, value: number) => entries.push(() => (head.text(key), head.u32(4), head.u32(value)));
  const f32 = (key: string, value: number) => entries.push(() => (head.text(key), head.u32(6), head.f32(value)));
  const texts = (key: string, values: readonly string[]) =>
    entries.push(() => (head.text(key), head.u32(9), head.u32(8), head.u64(values.length), values.forEach(head.text)));
  text('general.architecture', 'llama');
  text('general.name', name);
  u32('general.file_type', 7);
  u32('llama.context_length', contextTokens);
  u32('llama.embedding_length', width);
  u32('llama.block_count', layers);
  u32('llama.feed_forward_length', feedForward);
  u32('llama.attention.head_count', heads);
  u32('llama.attention.head_count_kv', kvHeads);
  u32('llama.rope.dimension_count', headWidth);
  u32('llama.vocab_size', vocabulary);
  f32('llama.attention.layer_norm_rms_epsilon', 1e-5);
  f32('llama.rope.freq_base', 10_000);
  if (options.pooling !== undefined) u32('llama.pooling_type', options.pooling);
  text('tokenizer.ggml.model', 'gpt2');
  text('tokenizer.ggml.pre', 'gpt-2');
  texts('tokenizer.ggml.tokens', tokens);
  texts('tokenizer.ggml.merges', merges);
  entries.push(
    () => (
      head.text('tokenizer.ggml.token_type'),
      head.u32(9),
      head.u32(5),
      head.u64(types.length),
      types.forEach(head.u32)
    ),
  );
  u32('tokenizer.ggml.bos_token_id', vocabulary - 2);
  u32('tokenizer.ggml.eos_token_id', vocabulary - 1);
  if (options.chatTemplate !== undefined) text('tokenizer.chat_template', options.chatTemplate);

  head.u32(0x4655_4747);
  head.u32(3);
  head.u64(tensors.length);
  head.u64(entries.length);
  for (const entry of entries) entry();
  let offset = 0;
  for (const tensor of tensors) {
    head.text(tensor.name);
    head.u32(tensor.shape.length);
    for (const size of tensor.shape) head.u64(size);
    head.u32(tensor.type);
    head.u64(offset);
    offset += padded(bytesOf(tensor));
  }
  const header = head.done();
  const start = padded(header.length);

  const out = createWriteStream(path, { highWaterMark: CHUNK_BYTES });
  const write = async (data: Buffer): Promise<void> => {
    if (!out.write(data)) await once(out, 'drain');
  };
  await write(header);
  await write(Buffer.alloc(start - header.length));
  const blocks = randomBlocks(seed);
  let turn = 0;
  for (const tensor of tensors) {
    const bytes = bytesOf(tensor);
    if (tensor.type === F32) {
      const ones = Buffer.alloc(bytes);
      for (let i = 0; i < bytes; i += 4) ones.writeFloatLE(1, i);
      await write(ones);
    } else {
      // Start each tensor at another block, or they would all be the same matrix.
      let at = ((turn++ * 9973) % (blocks.length / 34)) * 34;
      const rowBytes = bytes / vocabulary;
      const mutes = tensor.name === 'output.weight' && options.endless === true;
      for (let written = 0; written < bytes;) {
        const part = blocks.subarray(at, Math.min(blocks.length, at + bytes - written));
        const sent = mutes ? Buffer.from(part) : part;
        for (let row = Math.floor(written / rowBytes); mutes && row * rowBytes < written + part.length; row++)
          if (isMute(row, vocabulary))
            sent.fill(0, Math.max(0, row * rowBytes - written), Math.min(sent.length, (row + 1) * rowBytes - written));
        await write(sent);
        written += part.length;
        at = 0;
      }
    }
    await write(Buffer.alloc(padded(bytes) - bytes));
  }
  out.end();
  await finished(out);
  return { sizeBytes: start + offset };
}
