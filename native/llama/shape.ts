import { readGgufFileInfo } from 'node-llama-cpp';
import type { GgufFileInfo } from 'node-llama-cpp';
import type { ModelShape } from '../../electron/base/model-shape.ts';

const numbersAt = (root: unknown, path: readonly string[]): number[] => {
  const value = path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at ? Reflect.get(at, name) : undefined),
    root,
  );
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.map(Number).filter((number) => Number.isFinite(number));
};

/** What a header says, for callers who did not read it before. */
export function shapeOf(info: GgufFileInfo, weightsBytes: number): ModelShape {
  const facts: unknown = info.architectureMetadata;
  const one = (...path: string[]): number | undefined => {
    const found = numbersAt(facts, path);
    return found.length === 0 ? undefined : Math.max(...found);
  };
  const layers = one('block_count') ?? 32;
  const width = one('embedding_length') ?? 4096;
  const heads = one('attention', 'head_count') ?? 32;
  const headWidth = width / Math.max(1, heads);
  const kvHeads = numbersAt(facts, ['attention', 'head_count_kv']);
  const perLayer = kvHeads.length === layers ? kvHeads : Array.from({ length: layers }, () => kvHeads[0] ?? heads);
  const keyAndValue = (one('attention', 'key_length') ?? headWidth) + (one('attention', 'value_length') ?? headWidth);
  return {
    weightsBytes,
    layers,
    width,
    feedForward: one('feed_forward_length') ?? width * 4,
    vocabulary: info.metadata.tokenizer.ggml.tokens.length,
    stateElements: perLayer.reduce((sum, count) => sum + count, 0) * keyAndValue,
    trainedTokens: one('context_length') ?? 2048,
  };
}

/** Reads only the header of a file. */
export async function readShape(path: string, weightsBytes: number): Promise<ModelShape> {
  return shapeOf(await readGgufFileInfo(path, { sourceType: 'filesystem', logWarnings: false }), weightsBytes);
}
