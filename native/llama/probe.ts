import type { Llama } from 'node-llama-cpp';
import { createSampler } from './addon.ts';
import { keepPrefix, prefill } from './decode.ts';
import type { LoadedModel } from './loaded-model.ts';

/** The likeliest next token at each place of a text, and how likely it is, 0 to 1. */
export interface Probed {
  readonly tokens: number[];
  readonly probabilities: number[];
  readonly prefillTokensPerSecond: number;
  readonly decodeTokensPerSecond: number;
}

const PROMPT = 'The sea is wide and the river runs to it. A short answer to a simple question is this: ';

/**
 * Reads a short prompt and goes on for `length` tokens with what is likeliest, or along `follow`: two ways to compute that follow the
 * same text can be compared place by place. Forgets what the first sequence held.
 */
export async function probe(
  llama: Llama,
  loaded: LoadedModel,
  {
    threads,
    length,
    follow,
    monotonicMs,
  }: { threads: number; length: number; follow?: readonly number[]; monotonicMs: () => number },
): Promise<Probed> {
  const { addon, slots } = loaded.context();
  const [slot] = slots.all;
  if (!slot) throw new Error('The model has no room for a single reply here.');
  const sampler = createSampler(llama, loaded.model);
  sampler.applyConfig({ temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 });
  try {
    addon.setThreads(threads);
    keepPrefix(loaded, slot, 0);
    const prompt = loaded.model.tokenize(PROMPT, false);
    const tokens: number[] = [];
    const probabilities: number[] = [];
    const note = async (at: number): Promise<number> => {
      const [token, , probability] = await addon.sampleToken(at, sampler, false, true);
      tokens.push(token);
      probabilities.push(probability ?? Number.NaN);
      return follow?.[tokens.length - 1] ?? token;
    };
    const from = monotonicMs();
    const position = await prefill(addon, slot, prompt, { chunk: loaded.plan.batchTokens, stop: () => false });
    const readMs = monotonicMs() - from;
    let next = await note(position);
    const wroteFrom = monotonicMs();
    for (let step = 1; step < length; step++) {
      addon.initBatch(1);
      const at = addon.addToBatch(slot.id, slot.tokens.length, Uint32Array.of(next), Uint32Array.of(0))[0] ?? 0;
      await addon.decodeBatch();
      slot.tokens.push(next);
      next = await note(at);
    }
    const wroteMs = monotonicMs() - wroteFrom;
    return {
      tokens,
      probabilities,
      prefillTokensPerSecond: (prompt.length * 1000) / Math.max(readMs, 0.001),
      decodeTokensPerSecond: ((length - 1) * 1000) / Math.max(wroteMs, 0.001),
    };
  } finally {
    sampler.dispose();
    keepPrefix(loaded, slot, 0);
  }
}
