import type { Measurement } from '../../electron/contract/entities/model.ts';
import { guessThreads, threadCandidates } from './threads.ts';

/** One way to make the next tokens: so many replies a step, with so many threads. */
export interface Way {
  readonly width: number;
  readonly threads: number;
}

export interface SpeedBookDeps {
  readonly cores: number;
  readonly modelBytes: number;
  /** Cores that other programs leave free now, at least 1. */
  readonly freeCores: () => number;
  readonly monotonicMs: () => number;
}

interface Known {
  /** Mean ms of a step (decode) or of a token (prompt); recent ones count more. */
  ms: number;
  samples: number;
  triedAt: number;
  /** After so many ms a way that lost is tried again. */
  againMs: number;
}

/** Steps a way is tried for before it is compared. */
const TRIAL_STEPS = 3;
/** A first step that takes this many times the best is not tried further. */
const HOPELESS = 3;
/** Weight of the newest step. */
const NEWEST = 0.08;
const NEWEST_PART = 0.5;
/** Another way must be so much faster to be changed to. */
const CLEARLY = 1.03;
const WINDOW_MS = 200;
/** A window below this share of the usual speed is slow; so many in a row are a collapse. */
const SLOW = 0.65;
const SLOW_WINDOWS = 2;
const FIRST_QUIET_MS = 3000;
const LOOK_MS = 200;
const TRY_AGAIN_MS = 30_000;
const MOST_AGAIN_MS = 600_000;
/** Either is told as a reason to measure again: this many times slower or faster than what was measured. */
const FAR_OFF = 1.5;

/**
 * What is known of the speed of one loaded model: how many replies to compute in one step and with how many threads, for
 * prompts with how many threads. Starts with what was measured, goes on learning from every step, and tries other ways when
 * one was never tried, when the speed collapses, or when the cores that are free change.
 */
export function createSpeedBook({ cores, modelBytes, freeCores, monotonicMs }: SpeedBookDeps) {
  const known = new Map<string, Known>();
  let base = guessThreads(modelBytes, cores);
  let measured: Measurement | null = null;
  let free = cores;
  let lookedAt = Number.NEGATIVE_INFINITY;
  /** Every count is worth trying for a while: after a collapse. */
  let openUntil = Number.NEGATIVE_INFINITY;
  let surprise = false;
  const last = new Map<number, Way>();
  const usual = new Map<number, number>();
  const watch = { count: 0, ms: 0, tokens: 0, slow: 0, quietUntil: 0, quietMs: FIRST_QUIET_MS };

  const keyOf = (width: number | 'prompt', threads: number): string => `${width}/${threads}`;
  const note = (key: string, ms: number, newest: number): void => {
    const entry = known.get(key);
    const triedAt = monotonicMs();
    if (!entry) return void known.set(key, { ms, samples: 1, triedAt, againMs: TRY_AGAIN_MS });
    entry.samples++;
    // The first of several is often a cold one: it counts least.
    const weight = entry.samples === 2 ? 0.7 : Math.max(newest, 1 / entry.samples);
    entry.ms += (ms - entry.ms) * weight;
    entry.triedAt = triedAt;
  };

  /** Looks at the machine now and then; ways that a change concerns are tried anew. */
  function look(nowMs: number): void {
    if (nowMs - lookedAt < LOOK_MS) return;
    lookedAt = nowMs;
    const before = free;
    free = freeCores();
    if (free === before) return;
    for (const key of known.keys()) if (Number(key.split('/')[1]) > Math.min(free, before)) known.delete(key);
  }

  function threadsWorthTrying(nowMs: number, width: number, usualOnes: readonly number[]): number[] {
    const most = Math.max(1, Math.min(free, cores));
    const tried = threadCandidates(cores).filter((threads) => nowMs < openUntil || known.has(keyOf(width, threads)));
    const fit = [...new Set([...usualOnes, ...tried])].filter((threads) => threads <= most);
    return fit.length > 0 ? fit : [most];
  }

  const widthsOf = (count: number): number[] =>
    count === 1 ? [1] : count < 4 ? [count, 1] : [count, Math.ceil(count / 2), 1];

  function choose(ways: readonly Way[], nowMs: number, keep: Way | undefined): Way {
    let best: Way | null = null;
    let bestSpeed = 0;
    const speedOf = (way: Way): number | null => {
      const entry = known.get(keyOf(way.width, way.threads));
      return entry ? way.width / Math.max(entry.ms, 1e-3) : null;
    };
    for (const way of ways) {
      const speed = speedOf(way) ?? 0;
      if (speed > bestSpeed) [best, bestSpeed] = [way, speed];
    }
    for (const way of ways) {
      const entry = known.get(keyOf(way.width, way.threads));
      if (!entry) return way;
      const speed = speedOf(way) ?? 0;
      if (entry.samples < TRIAL_STEPS && speed * HOPELESS > bestSpeed) return way;
      if (way !== best && nowMs - entry.triedAt > entry.againMs) {
        entry.againMs = Math.min(MOST_AGAIN_MS, entry.againMs * 2);
        entry.samples = 0;
        return way;
      }
    }
    const kept = keep && ways.find(({ width, threads }) => width === keep.width && threads === keep.threads);
    if (kept && (speedOf(kept) ?? 0) * CLEARLY >= bestSpeed) return kept;
    return best ?? ways[0] ?? { width: 1, threads: 1 };
  }

  /**
   * Watches the speed of `count` replies; a collapse makes every count of threads worth trying. Only the steps' own time counts: with the
   * pause between two replies counted in, the first window of each was slow.
   */
  function observe(count: number, tokens: number, stepMs: number): void {
    if (watch.count !== count) Object.assign(watch, { count, ms: 0, tokens: 0, slow: 0 });
    watch.tokens += tokens;
    watch.ms += stepMs;
    if (watch.ms < WINDOW_MS) return;
    const nowMs = monotonicMs();
    const speed = (watch.tokens * 1000) / watch.ms;
    Object.assign(watch, { ms: 0, tokens: 0 });
    const before = usual.get(count) ?? (count === 1 ? measured?.decodeTokensPerSecond : undefined) ?? speed;
    if (nowMs < watch.quietUntil || speed >= before * SLOW) {
      watch.slow = 0;
      usual.set(count, before + (speed - before) * (speed > before ? 0.3 : 0.05));
      if (nowMs > watch.quietUntil + 4 * FIRST_QUIET_MS) watch.quietMs = FIRST_QUIET_MS;
      return;
    }
    if (++watch.slow < SLOW_WINDOWS) return;
    surprise = true;
    // What is usual from now on shows in the next windows.
    usual.set(count, 0);
    for (const width of widthsOf(count))
      for (const key of known.keys()) if (key.startsWith(`${width}/`)) known.delete(key);
    openUntil = nowMs + watch.quietMs;
    Object.assign(watch, { slow: 0, quietUntil: nowMs + watch.quietMs, quietMs: watch.quietMs * 2 });
  }

  return {
    /** Takes over what was measured. */
    learn(measurement: Measurement): void {
      measured = measurement;
      base = { decode: measurement.decodeThreads, prefill: measurement.prefillThreads };
      known.clear();
      usual.clear();
      surprise = false;
      known.set(keyOf('prompt', base.prefill), {
        ms: 1000 / Math.max(measurement.prefillTokensPerSecond, 1e-3),
        samples: TRIAL_STEPS,
        triedAt: monotonicMs(),
        againMs: TRY_AGAIN_MS,
      });
    },
    threads: () => base,
    /** How the next tokens of `count` replies are best made. */
    decode(count: number): Way {
      const nowMs = monotonicMs();
      look(nowMs);
      // With nothing measured nothing is tried: a first count is guessed and stays.
      const usualOnes = count === 1 || !measured ? [base.decode] : [base.prefill, base.decode];
      const ways = widthsOf(count).flatMap((width) =>
        threadsWorthTrying(nowMs, width, usualOnes).map((threads) => ({ width, threads })),
      );
      const way = ways.length === 1 && ways[0] ? ways[0] : choose(ways, nowMs, last.get(count));
      last.set(count, way);
      return way;
    },
    noteDecode(count: number, way: Way, ms: number): void {
      note(keyOf(way.width, way.threads), ms, NEWEST);
      observe(count, way.width, ms);
    },
    /** Threads for the next part of a prompt. */
    prompt(): number {
      const nowMs = monotonicMs();
      look(nowMs);
      const most = Math.max(1, Math.min(free, cores));
      if (base.prefill > most) return most;
      const full = known.get(keyOf('prompt', base.prefill));
      const usualMs = measured ? 1000 / Math.max(measured.prefillTokensPerSecond, 1e-3) : null;
      // Somebody took the cores although they look free: half the threads while they do better.
      if (!full || usualMs === null || full.ms * SLOW <= usualMs || base.prefill === 1) return base.prefill;
      if (nowMs - full.triedAt > TRY_AGAIN_MS) return base.prefill;
      surprise = true;
      const half = Math.max(1, Math.floor(base.prefill / 2));
      const other = known.get(keyOf('prompt', half));
      return !other || other.ms < full.ms ? half : base.prefill;
    },
    notePrompt(threads: number, tokens: number, ms: number): void {
      note(keyOf('prompt', threads), ms / tokens, NEWEST_PART);
    },
    /** Measured prompt speed in tokens a second; null = not measured. */
    promptSpeed: (): number | null => measured?.prefillTokensPerSecond ?? null,
    /** A whole reply's speed, for what cannot be seen from step to step. */
    noteReply(tokensPerSecond: number): void {
      if (measured && tokensPerSecond > measured.decodeTokensPerSecond * FAR_OFF) surprise = true;
    },
    /** True once when the speed was far from what was measured. */
    takeSurprise(): boolean {
      const told = surprise;
      surprise = false;
      return told;
    },
  };
}
export type SpeedBook = ReturnType<typeof createSpeedBook>;
