/** CPU time in ms since boot, all cores together, and that of this process. */
export interface CpuTimes {
  readonly busyMs: number;
  readonly totalMs: number;
  readonly ownMs: number;
}

/** The kernel counts in steps of 10 ms a core: a shorter window says nothing. */
const LEAST_WINDOW_MS = 80;

/**
 * Tells how many cores others leave free. Threads beyond that must not even be tried: they wait for each other at every layer,
 * and one that lost its core makes a single token take seconds.
 */
export function createCpuLoad(read: () => CpuTimes, cores: number) {
  let since = read();
  let free = cores;
  return {
    /** Free cores since the last call, at least 1; the last answer again when that was too short ago to tell. */
    freeCores(): number {
      const now = read();
      const totalMs = now.totalMs - since.totalMs;
      if (totalMs < LEAST_WINDOW_MS * cores) return free;
      const othersMs = now.busyMs - since.busyMs - (now.ownMs - since.ownMs);
      since = now;
      // A quarter of a core is what any desktop does at rest.
      const busyCores = Math.max(0, (othersMs / totalMs) * cores - 0.25);
      free = Math.max(1, Math.floor(cores - busyCores + 0.01));
      return free;
    },
  };
}
export type CpuLoad = ReturnType<typeof createCpuLoad>;
