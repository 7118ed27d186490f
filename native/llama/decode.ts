import type { AddonContext, AddonSampler } from './addon.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { Slot } from './slots.ts';

const ONE = Uint32Array.of(0);
const NONE = new Uint32Array(0);

/** Forgets what a slot holds from `keep` on. Returns how much is really kept: some kinds of memory only forget all. */
export function keepPrefix(loaded: LoadedModel, slot: Slot, keep: number): number {
  if (keep === slot.tokens.length) return keep;
  const { addon } = loaded.context();
  const window = loaded.windowTokens;
  const windowStart = window === null || keep === 0 ? 0 : addon.getSequenceKvCacheMinPosition(slot.id);
  const usable = keep > 0 && (window === null || windowStart <= Math.max(0, keep - window));
  if (usable && addon.removeTokenCellsFromSequence(slot.id, keep, slot.tokens.length)) {
    slot.tokens.length = keep;
    return keep;
  }
  addon.disposeSequence(slot.id);
  slot.tokens.length = 0;
  return 0;
}

/** Computes tokens at the end of a slot. Returns the batch position of the last one's logits, or -1 when `stop()` said so. */
export async function prefill(
  addon: AddonContext,
  slot: Slot,
  tokens: readonly number[],
  options: {
    readonly chunk: number;
    readonly stop: () => boolean;
    /** After each part: so many tokens were computed. */
    readonly onPart?: (tokens: number) => void;
  },
): Promise<number> {
  const step = Math.max(1, options.chunk);
  let position = -1;
  for (let at = 0; at < tokens.length; at += step) {
    if (options.stop()) return -1;
    const part = tokens.slice(at, at + step);
    const last = at + part.length === tokens.length;
    addon.initBatch(part.length);
    const logits = addon.addToBatch(
      slot.id,
      slot.tokens.length,
      Uint32Array.from(part),
      last ? Uint32Array.of(part.length - 1) : NONE,
    );
    await addon.decodeBatch();
    for (const token of part) slot.tokens.push(token);
    options.onPart?.(part.length);
    if (last) position = logits[0] ?? -1;
  }
  return position;
}

/** One step of decode: computes the token that was sampled last and samples the next. */
export async function nextToken(
  addon: AddonContext,
  slot: Slot,
  token: number,
  sampler: AddonSampler,
): Promise<number> {
  addon.initBatch(1);
  const logits = addon.addToBatch(slot.id, slot.tokens.length, Uint32Array.of(token), ONE);
  await addon.decodeBatch();
  slot.tokens.push(token);
  return addon.sampleToken(logits[0] ?? 0, sampler);
}
