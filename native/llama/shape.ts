import type { LlamaModel } from 'node-llama-cpp';
import type { ModelShape } from './fit.ts';

const numbersAt = (root: unknown, path: readonly string[]): number[] => {
  const value = path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at ? Reflect.get(at, name) : undefined),
    root,
  );
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.map(Number).filter((number) => Number.isFinite(number));
};

/** What the header of a loaded file says, for callers who did not read it before. */
export function shapeOf(model: LlamaModel): ModelShape {
  const facts: unknown = model.fileInfo.architectureMetadata;
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
    weightsBytes: model.size,
    layers,
    width,
    feedForward: one('feed_forward_length') ?? width * 4,
    vocabulary: model.fileInfo.metadata.tokenizer.ggml.tokens.length,
    stateElements: perLayer.reduce((sum, count) => sum + count, 0) * keyAndValue,
    trainedTokens: model.trainContextSize,
  };
}
