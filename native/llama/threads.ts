/** Speed of one thread count. */
export interface ThreadSpeed {
  readonly threads: number;
  readonly tokensPerSecond: number;
}

/** Thread counts worth trying: all small ones, then wider steps up to the cores. */
export function threadCandidates(cores: number): number[] {
  const steps = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64].filter((step) => step < cores);
  return [...steps, Math.max(1, cores)];
}

/** Before anything was measured: one thread while the weights are small enough that threads cost more than they bring. */
export function guessThreads(modelBytes: number, cores: number): { decode: number; prefill: number } {
  const half = Math.max(1, Math.floor(cores / 2));
  return { decode: modelBytes < 1 << 30 ? 1 : Math.min(half, 8), prefill: cores };
}

/** The fastest; among those within 10% of it the one with fewest threads: the rest of the machine needs cores too. */
export function fastest(speeds: readonly ThreadSpeed[]): ThreadSpeed | null {
  const best = speeds.reduce((most, speed) => Math.max(most, speed.tokensPerSecond), 0);
  const close = speeds.filter((speed) => speed.tokensPerSecond >= best * 0.9);
  return close.reduce<ThreadSpeed | null>(
    (least, s) => (least === null || s.threads < least.threads ? s : least),
    null,
  );
}

/** More threads stop helping for good: the last two are both below 70% of the best. */
export function pastTheBest(speeds: readonly ThreadSpeed[]): boolean {
  const best = speeds.reduce((most, speed) => Math.max(most, speed.tokensPerSecond), 0);
  const last = speeds.slice(-2);
  return speeds.length > 2 && last.every((speed) => speed.tokensPerSecond < best * 0.7);
}

const COLLAPSED = 0.4;
const WINDOWS = 3;
const WINDOW_MS = 200;
const FIRST_PAUSE_MS = 4000;
const TRIAL_TOKENS = 4;

export interface GovernorStart {
  readonly threads: number;
  /** What was measured; null = unknown, then nothing is ever tried. */
  readonly expectedTokensPerSecond: number | null;
  /** Thread counts worth trying now; asked at each slow window, so that it can watch who holds the cores. */
  readonly candidates: () => readonly number[];
  readonly startMs: number;
}

/**
 * Watches a running decode. Three windows of 200 ms in a row below 40% of what was measured are a collapse: the next tokens
 * are made with each thread count in turn, four apiece, and the fastest goes on. After that it stays quiet for 4 s, then 8 s,
 * ... so that a machine that is simply busy is not tried to death.
 */
export function createThreadGovernor({ threads, expectedTokensPerSecond, candidates, startMs }: GovernorStart) {
  let windowStart = startMs;
  let windowTokens = 0;
  let slowWindows = 0;
  let pauseMs = FIRST_PAUSE_MS;
  let quietUntil = startMs;
  let collapses = 0;
  let current = threads;
  let trial: { left: number[]; speeds: ThreadSpeed[] } | null = null;

  const restart = (nowMs: number): void => {
    windowStart = nowMs;
    windowTokens = 0;
  };
  const change = (to: number): number | null => {
    const changed = to !== current;
    current = to;
    return changed ? to : null;
  };
  const tryNext = (nowMs: number, running: NonNullable<typeof trial>): number | null => {
    restart(nowMs);
    const next = running.left.shift();
    if (next !== undefined) return change(next);
    trial = null;
    quietUntil = nowMs + pauseMs;
    pauseMs *= 2;
    return change(fastest(running.speeds)?.threads ?? threads);
  };

  return {
    /** Counts one token made by now; a number = go on with so many threads. */
    token(nowMs: number): number | null {
      windowTokens++;
      const elapsedMs = nowMs - windowStart;
      if (trial) {
        if (windowTokens < TRIAL_TOKENS) return null;
        trial.speeds.push({ threads: current, tokensPerSecond: (windowTokens * 1000) / Math.max(elapsedMs, 0.001) });
        return tryNext(nowMs, trial);
      }
      if (elapsedMs < WINDOW_MS) return null;
      const tokensPerSecond = (windowTokens * 1000) / elapsedMs;
      restart(nowMs);
      if (expectedTokensPerSecond === null || nowMs < quietUntil) return null;
      if (tokensPerSecond >= expectedTokensPerSecond * COLLAPSED) {
        slowWindows = 0;
        return null;
      }
      const left = [...candidates()];
      if (++slowWindows < WINDOWS) return null;
      slowWindows = 0;
      collapses++;
      trial = { left, speeds: [] };
      return tryNext(nowMs, trial);
    },
    /** Whether that happened at all. */
    collapsed: (): boolean => collapses > 0,
  };
}
