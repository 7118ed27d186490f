import { cpus } from 'node:os';

/** CPU time in ms since boot, all cores together, and that of this process. */
export interface CpuTimes {
  readonly busyMs: number;
  readonly totalMs: number;
  readonly ownMs: number;
}

/** Times of this machine and of this process now. */
export function readCpuTimes(): CpuTimes {
  const own = process.cpuUsage();
  let [busyMs, totalMs] = [0, 0];
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    busyMs += busy;
    totalMs += busy + times.idle;
  }
  return { busyMs, totalMs, ownMs: (own.user + own.system) / 1000 };
}

/** The kernel counts in steps of 10 ms a core: a shorter window says nothing. */
const LEAST_WINDOW_MS = 80;
/** What happened longer ago than this says nothing of now. */
const STALE_MS = 1000;
/** How often the load is read while the engine is in use, and for how long after it was, in ms. */
const EVERY_MS = 250;
const KEEP_MS = 120_000;

/**
 * Tells how many cores others leave free. Threads beyond that must not even be tried: they wait for each other at every layer,
 * and one that lost its core makes a single token take seconds.
 */
export function createCpuLoad(read: () => CpuTimes, cores: number) {
  let since = read();
  let free = cores;
  let timer: NodeJS.Timeout | null = null;
  let readsLeft = 0;

  const load = {
    /** Free cores since the last call, at least 1; the last answer again when that was too short ago to tell, all when too long. */
    freeCores(): number {
      const now = read();
      const totalMs = now.totalMs - since.totalMs;
      if (totalMs < LEAST_WINDOW_MS * cores) return free;
      if (totalMs > STALE_MS * cores) {
        since = now;
        free = cores;
        return free;
      }
      const othersMs = now.busyMs - since.busyMs - (now.ownMs - since.ownMs);
      since = now;
      // A quarter of a core is what any desktop does at rest.
      const busyCores = Math.max(0, (othersMs / totalMs) * cores - 0.25);
      free = Math.max(1, Math.floor(cores - busyCores + 0.01));
      return free;
    },
    /**
     * The engine is in use: reads the load now and then from here on, so that the next prompt finds what the last quarter of a second
     * was like, not what others did since the last one. A prompt that followed their work was computed with one thread of two.
     */
    keepFresh(): void {
      readsLeft = KEEP_MS / EVERY_MS;
      timer ??= setInterval(() => {
        load.freeCores();
        if (--readsLeft > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      }, EVERY_MS).unref();
    },
  };
  return load;
}
export type CpuLoad = ReturnType<typeof createCpuLoad>;
