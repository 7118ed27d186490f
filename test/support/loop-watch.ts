import { closeSync, openSync, readSync } from 'node:fs';

/** One time that the event loop did not come round. */
export interface Stall {
  /** Epoch ms of its end. */
  readonly at: number;
  /** How long nothing else could run, in ms. */
  readonly ms: number;
  /** The part of it in which the thread was ready and other threads had the cores, by the kernel's account; 0 where it keeps none. */
  readonly waitedMs: number;
}

export interface LoopFigures {
  readonly watchedMs: number;
  readonly longestMs: number;
  /** Longest without the part in which other threads had the cores: what this process did to itself. */
  readonly longestOwnMs: number;
  /** All over 50 ms. */
  readonly stalls: readonly Stall[];
}

const EVERY_MS = 2;
const LONG_MS = 50;

/** Reads how long this process's main thread has waited for a core, in ms. The kernel's figure is in nanoseconds, second on its line. */
function createCoreWait(): { readMs: () => number; close: () => void } {
  const text = Buffer.alloc(128);
  try {
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
    return {
      readMs: () => Number(text.toString('latin1', 0, readSync(file, text, 0, text.length, 0)).split(' ')[1]) / 1e6,
      close() {
        closeSync(file);
      },
    };
  } catch {
    return { readMs: () => 0, close: () => undefined };
  }
}

/** Watches the event loop of this thread, which must be the process's main one, until it is asked what was seen. */
export function watchLoop(): () => LoopFigures {
  const coreWait = createCoreWait();
  const stalls: Stall[] = [];
  const fromMs = performance.now();
  let longestMs = 0;
  let longestOwnMs = 0;
  let last = fromMs;
  let waited = coreWait.readMs();
  const timer = setInterval(() => {
    const now = performance.now();
    const waitedNow = coreWait.readMs();
    const ms = Math.max(0, now - last - EVERY_MS);
    const waitedMs = Math.min(ms, waitedNow - waited);
    last = now;
    waited = waitedNow;
    longestMs = Math.max(longestMs, ms);
    longestOwnMs = Math.max(longestOwnMs, ms - waitedMs);
    if (ms > LONG_MS) stalls.push({ at: Date.now(), ms, waitedMs });
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    coreWait.close();
    return { watchedMs: performance.now() - fromMs, longestMs, longestOwnMs, stalls };
  };
}
