import type { Llama } from 'node-llama-cpp';
import { createSampler } from './addon.ts';
import { keepPrefix, nextToken, prefill } from './decode.ts';
import type { LoadedModel } from './loaded-model.ts';
import { probe } from './probe.ts';
import type { BenchWish } from './protocol.ts';
import type { Slot } from './slots.ts';

/** Tokens a second; null = there was no room to measure it. */
export interface BenchFigures {
  readonly prefillTokensPerSecond: number | null;
  readonly decodeTokensPerSecond: number | null;
  readonly probe?: { tokens: number[]; probabilities: (number | null)[] };
}

/** Prompt tokens read to see how large a part the time allows, and at most in one round. */
const PROBE_TOKENS = 32;
const MOST_PROMPT_TOKENS = 512;
/** Tokens that stand before what is written, so that reading them is not measured. */
const LEAD_TOKENS = 16;

/**
 * Measures one way to run the loaded model: so many threads reading a prompt and writing alone, or so many replies written at once.
 * Takes about `budgetMs`, a single slow step excepted. Forgets what the sequences held, so it is for a process of its own.
 */
export async function measureBench(
  llama: Llama,
  loaded: LoadedModel,
  wish: BenchWish,
  { budgetMs, monotonicMs, stop }: { budgetMs: number; monotonicMs: () => number; stop: () => boolean },
): Promise<BenchFigures> {
  if (wish.kind === 'probe') {
    const { threads, length, follow } = wish;
    const found = await probe(llama, loaded, { threads, length, monotonicMs, ...(follow ? { follow } : {}) });
    const { tokens, prefillTokensPerSecond, decodeTokensPerSecond } = found;
    const probabilities = found.probabilities.map((one) => (Number.isFinite(one) ? one : null));
    return { prefillTokensPerSecond, decodeTokensPerSecond, probe: { tokens, probabilities } };
  }
  const { addon, slots, contextTokens } = loaded.context();
  const filler = loaded.model.tokenize('The quick brown fox jumps over the lazy dog. ', false);
  const text = (tokens: number): number[] =>
    Array.from({ length: tokens }, (_, i) => filler[i % Math.max(1, filler.length)] ?? 0);
  const whole = { chunk: loaded.plan.batchTokens, stop };
  addon.setThreads(wish.threads);
  const sampler = createSampler(llama, loaded.model);
  sampler.applyConfig({ temperature: 0, topK: 40, topP: 0.95, minP: 0, seed: 0 });

  /** Runs a step over and over for a share of the time, the first not counted. */
  async function rate(tokens: number, ms: number, most: number, step: () => Promise<unknown>): Promise<number> {
    const warmFrom = monotonicMs();
    await step();
    const warmMs = monotonicMs() - warmFrom;
    // One step took all the time there is: it has said enough.
    if (warmMs > ms) return (tokens * 1000) / warmMs;
    const start = monotonicMs();
    let steps = 0;
    while (steps < most && !stop() && (steps === 0 || monotonicMs() - start < ms)) {
      await step();
      steps++;
    }
    return (tokens * Math.max(1, steps) * 1000) / Math.max(monotonicMs() - start, 0.001);
  }

  async function prompts(slot: Slot): Promise<number> {
    keepPrefix(loaded, slot, 0);
    const probeFrom = monotonicMs();
    await prefill(addon, slot, text(PROBE_TOKENS), whole);
    const perToken = (monotonicMs() - probeFrom) / PROBE_TOKENS;
    const room = Math.min(MOST_PROMPT_TOKENS, loaded.plan.batchTokens, contextTokens - 1);
    const tokens = Math.max(PROBE_TOKENS, Math.min(room, Math.round(budgetMs / 4 / Math.max(perToken, 0.001))));
    return rate(tokens, budgetMs / 2, 64, async () => {
      keepPrefix(loaded, slot, 0);
      await prefill(addon, slot, text(tokens), whole);
    });
  }

  async function replies(used: readonly Slot[], ms: number): Promise<number> {
    for (const slot of used) {
      keepPrefix(loaded, slot, 0);
      await prefill(addon, slot, text(LEAD_TOKENS), whole);
    }
    const next = used.map(() => text(1)[0] ?? 0);
    const room = contextTokens - LEAD_TOKENS - 2;
    const [alone] = used;
    if (used.length === 1 && alone)
      return rate(1, ms, room, async () => {
        next[0] = await nextToken(addon, alone, next[0] ?? 0, sampler);
      });
    return rate(used.length, ms, room, async () => {
      addon.initBatch(used.length);
      const at = used.map(
        (slot, i) =>
          addon.addToBatch(slot.id, slot.tokens.length, Uint32Array.of(next[i] ?? 0), Uint32Array.of(0))[0] ?? 0,
      );
      await addon.decodeBatch();
      for (const [i, slot] of used.entries()) {
        slot.tokens.push(next[i] ?? 0);
        next[i] = await addon.sampleToken(at[i] ?? 0, sampler);
      }
    });
  }

  try {
    const [first] = slots.all;
    if (!first || contextTokens < PROBE_TOKENS * 2)
      return { prefillTokensPerSecond: null, decodeTokensPerSecond: null };
    if (wish.kind === 'replies') {
      const used = slots.all.slice(0, wish.replies);
      const decode = used.length === wish.replies ? await replies(used, budgetMs) : null;
      return { prefillTokensPerSecond: null, decodeTokensPerSecond: decode };
    }
    const prefillTokensPerSecond = await prompts(first);
    return { prefillTokensPerSecond, decodeTokensPerSecond: await replies([first], budgetMs / 2) };
  } finally {
    sampler.dispose();
    for (const slot of slots.all) if (!slot.busy) keepPrefix(loaded, slot, 0);
  }
}
