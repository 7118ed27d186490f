import type { Llama } from 'node-llama-cpp';
import type { Measurement } from '../../electron/contract/entities/model.ts';
import { createSampler } from './addon.ts';
import { keepPrefix, nextToken, prefill } from './decode.ts';
import type { LoadedModel } from './loaded-model.ts';
import { fastest, pastTheBest, threadCandidates } from './threads.ts';
import type { ThreadSpeed } from './threads.ts';

export interface CalibrateOptions {
  readonly cores: number;
  readonly budgetMs: number;
  readonly monotonicMs: () => number;
  readonly now: () => number;
  /** True = give up: somebody waits for the model. */
  readonly stop: () => boolean;
}

/** Prompt tokens computed per trial: about what a short follow-up takes. */
const PREFILL_TOKENS = 48;

/**
 * Finds the thread counts this model decodes and prefills fastest with, on a scratch end of the emptiest slot. Means, not
 * medians: threads that wait for each other on busy cores lose in rare long steps. Null when stopped or out of room.
 */
export async function calibrate(
  llama: Llama,
  loaded: LoadedModel,
  { cores, budgetMs, monotonicMs, now, stop }: CalibrateOptions,
): Promise<Measurement | null> {
  const { addon, slots, contextTokens } = loaded.context();
  const slot = slots.emptiest();
  const base = slot.tokens.length;
  const room = contextTokens - base - 1;
  if (room < PREFILL_TOKENS * 3 || (base > 0 && loaded.windowTokens !== null)) return null;
  const filler = loaded.model.tokenize('The quick brown fox jumps over the lazy dog. ', false);
  const prompt = Array.from({ length: PREFILL_TOKENS }, (_, i) => filler[i % Math.max(1, filler.length)] ?? 0);
  const sampler = createSampler(llama, loaded.model);
  sampler.applyConfig({ temperature: 0, topK: 40, topP: 0.95, minP: 0, seed: 0 });
  const candidates = threadCandidates(cores);
  const shareMs = budgetMs / (candidates.length * 2);
  const endMs = monotonicMs() + budgetMs * 2;

  const measure = async (step: () => Promise<unknown>, tokensEach: number, most: number): Promise<number | null> => {
    await step();
    const start = monotonicMs();
    let steps = 0;
    for (let at = start; steps < most && (steps < 2 || at - start < shareMs) && at < endMs; at = monotonicMs()) {
      if (stop()) return null;
      await step();
      steps++;
    }
    return (steps * tokensEach * 1000) / Math.max(monotonicMs() - start, 0.001);
  };
  const search = async (run: (threads: number) => Promise<number | null>): Promise<ThreadSpeed | null> => {
    const speeds: ThreadSpeed[] = [];
    for (const threads of candidates) {
      if (speeds.length > 0 && (pastTheBest(speeds) || monotonicMs() >= endMs)) break;
      addon.setThreads(threads);
      const tokensPerSecond = await run(threads);
      if (tokensPerSecond === null) return null;
      speeds.push({ threads, tokensPerSecond });
    }
    return fastest(speeds);
  };

  try {
    addon.setThreads(1);
    const forever = { chunk: PREFILL_TOKENS, stop: () => false };
    await prefill(addon, slot, prompt.slice(0, 4), forever);
    let token = prompt[4] ?? 0;
    const start = slot.tokens.length;
    const decode = await search(() =>
      measure(
        async () => {
          if (slot.tokens.length + 1 >= contextTokens) keepPrefix(loaded, slot, start);
          token = await nextToken(addon, slot, token, sampler);
        },
        1,
        48,
      ),
    );
    if (decode === null) return null;
    const forPrompt = await search(() =>
      measure(
        async () => {
          keepPrefix(loaded, slot, start);
          await prefill(addon, slot, prompt, forever);
        },
        PREFILL_TOKENS,
        6,
      ),
    );
    if (forPrompt === null) return null;
    return {
      backend: loaded.backend,
      decodeThreads: decode.threads,
      prefillThreads: forPrompt.threads,
      decodeTokensPerSecond: decode.tokensPerSecond,
      prefillTokensPerSecond: forPrompt.tokensPerSecond,
      measuredAt: now(),
    };
  } finally {
    sampler.dispose();
    keepPrefix(loaded, slot, base);
  }
}
