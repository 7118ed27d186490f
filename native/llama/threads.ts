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

/** The fastest; among those within 3% of it the one with fewest threads: the rest of the machine needs cores too. */
export function fastest(speeds: readonly ThreadSpeed[]): ThreadSpeed | null {
  const best = speeds.reduce((most, speed) => Math.max(most, speed.tokensPerSecond), 0);
  const close = speeds.filter((speed) => speed.tokensPerSecond >= best * 0.97);
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
