import type { Llama } from 'node-llama-cpp';
import type { Measurement } from '../../electron/contract/entities/model.ts';
import { createSampler } from './addon.ts';
import type { CpuLoad } from './cpu-load.ts';
import { keepPrefix, nextToken, prefill } from './decode.ts';
import type { LoadedModel } from './loaded-model.ts';
import { fastest, pastTheBest, threadCandidates } from './threads.ts';
import type { ThreadSpeed } from './threads.ts';

export interface Calibration {
  readonly measurement: Measurement;
  /** False = some thread counts were left out because other programs held those cores. */
  readonly complete: boolean;
}

export interface CalibrateOptions {
  readonly cores: number;
  readonly load: CpuLoad;
  readonly budgetMs: number;
  readonly monotonicMs: () => number;
  readonly now: () => number;
  /** True = give up: somebody waits for the model. */
  readonly stop: () => boolean;
}

/** Something timed: it makes or reads so many tokens, and is done at most so often. */
interface Step {
  readonly tokens: number;
  readonly most: number;
  readonly run: () => Promise<unknown>;
}

/** Long enough for the load of the machine to show while one thread count is measured. */
const LEAST_SHARE_MS = 100;
/** A step that takes this many times the best is not measured further. */
const HOPELESS = 3;
/** Counts this close to the best after one round are measured again, in turn: what the machine does meanwhile meets all. */
const IN_THE_RUNNING = 0.75;
const MORE_ROUNDS = 4;
/** Prompt tokens computed per trial: about what a short follow-up takes. */
const PREFILL_TOKENS = 48;

/**
 * Finds the thread counts this model decodes and prefills fastest with, on a scratch end of the emptiest slot. Means, not
 * medians: threads that wait for each other on busy cores lose in rare long steps. Null when stopped or out of room.
 */
export async function calibrate(
  llama: Llama,
  loaded: LoadedModel,
  { cores, load, budgetMs, monotonicMs, now, stop }: CalibrateOptions,
): Promise<Calibration | null> {
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
  const shareMs = Math.max(LEAST_SHARE_MS, budgetMs / (candidates.length * 2 * 2));

  /** Time and steps with the threads set now, at least two steps; `bestMs` = the fastest mean so far. Null when stopped. */
  const measure = async (step: Step, forMs: number, bestMs: number): Promise<{ ms: number; steps: number } | null> => {
    const warmFrom = monotonicMs();
    await step.run();
    const warmMs = monotonicMs() - warmFrom;
    // Hopeless already: threads that wait for each other can take a hundred times as long.
    if (warmMs > bestMs * HOPELESS && warmMs > forMs) return { ms: warmMs, steps: 1 };
    const start = monotonicMs();
    let steps = 0;
    for (let at = start; steps < step.most && (steps < 2 || at - start < forMs); at = monotonicMs()) {
      if (stop()) return null;
      await step.run();
      steps++;
      if (monotonicMs() - at > bestMs * HOPELESS) break;
    }
    return { ms: monotonicMs() - start, steps };
  };
  let complete = true;
  const search = async (step: Step): Promise<ThreadSpeed | null> => {
    const found = new Map<number, { ms: number; steps: number }>();
    const speeds = (): ThreadSpeed[] =>
      [...found].map(([threads, { ms, steps }]) => ({
        threads,
        tokensPerSecond: (step.tokens * steps * 1000) / Math.max(ms, 0.001),
      }));
    const until = monotonicMs() + budgetMs / 2;
    const bestMs = (): number =>
      Math.min(Number.POSITIVE_INFINITY, ...[...found.values()].map((one) => one.ms / one.steps));
    const once = async (threads: number, forMs: number): Promise<boolean> => {
      addon.setThreads(threads);
      const measured = await measure(step, forMs, bestMs());
      if (!measured) return false;
      const before = found.get(threads) ?? { ms: 0, steps: 0 };
      found.set(threads, { ms: before.ms + measured.ms, steps: before.steps + measured.steps });
      return true;
    };
    for (const threads of candidates) {
      if (pastTheBest(speeds())) break;
      if (threads > load.freeCores()) {
        complete = false;
        break;
      }
      if (!(await once(threads, shareMs))) return null;
    }
    const best = speeds().reduce((most, { tokensPerSecond }) => Math.max(most, tokensPerSecond), 0);
    const close = speeds().filter(({ tokensPerSecond }) => tokensPerSecond >= best * IN_THE_RUNNING);
    const restMs = (budgetMs / 2 - shareMs * found.size) / (MORE_ROUNDS * Math.max(1, close.length));
    let roundMs = 0;
    for (let round = 0; round < MORE_ROUNDS && close.length > 1 && restMs > 0; round++) {
      const from = monotonicMs();
      // Long steps overrun their share: a round that would end too late is not begun.
      if (from + roundMs > until) break;
      for (const { threads } of close) {
        if (threads > load.freeCores()) continue;
        if (!(await once(threads, Math.max(restMs, 10)))) return null;
      }
      roundMs = monotonicMs() - from;
    }
    return fastest(speeds());
  };

  try {
    addon.setThreads(1);
    const forever = { chunk: PREFILL_TOKENS, stop: () => false };
    await prefill(addon, slot, prompt.slice(0, 4), forever);
    let token = prompt[4] ?? 0;
    const start = slot.tokens.length;
    const decode = await search({
      tokens: 1,
      most: 256,
      async run() {
        if (slot.tokens.length + 1 >= contextTokens) keepPrefix(loaded, slot, start);
        token = await nextToken(addon, slot, token, sampler);
      },
    });
    if (decode === null) return null;
    const forPrompt = await search({
      tokens: PREFILL_TOKENS,
      most: 32,
      async run() {
        keepPrefix(loaded, slot, start);
        await prefill(addon, slot, prompt, forever);
      },
    });
    if (forPrompt === null) return null;
    const measurement = {
      backend: loaded.backend,
      decodeThreads: decode.threads,
      prefillThreads: forPrompt.threads,
      decodeTokensPerSecond: decode.tokensPerSecond,
      prefillTokensPerSecond: forPrompt.tokensPerSecond,
      measuredAt: now(),
    };
    return { measurement, complete };
  } finally {
    sampler.dispose();
    keepPrefix(loaded, slot, base);
  }
}
