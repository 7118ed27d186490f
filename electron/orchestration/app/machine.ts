import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import type { Clock } from '../../base/clock.ts';

/** Memory changes slowly next to turns: a reading is used this long, in ms. */
const KEEP_MS = 2000;

/** `kB` value of one line of a file under /proc; null where there is none. */
function procKilobytes(path: string, names: readonly string[]): number | null {
  try {
    const text = readFileSync(path, 'utf8');
    const found = names.map((name) => new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]);
    if (found.every((value) => value === undefined)) return null;
    return found.reduce((sum, value) => sum + Number(value ?? 0), 0);
  } catch {
    return null;
  }
}

/** Memory a new model could use, in bytes: on Linux what the kernel could free counts too. */
export function createFreeBytes(clock: Pick<Clock, 'monotonicMs'>): () => number {
  let at = -Infinity;
  let bytes = 0;
  return () => {
    const now = clock.monotonicMs();
    if (now - at < KEEP_MS) return bytes;
    at = now;
    const available = procKilobytes('/proc/meminfo', ['MemAvailable']);
    bytes = available === null ? freemem() : available * 1024;
    return bytes;
  };
}

/** Private memory of this process in MB; null where it cannot be told apart from shared memory. */
export function privateMemoryMb(): number | null {
  const kilobytes = procKilobytes('/proc/self/smaps_rollup', ['Private_Clean', 'Private_Dirty']);
  return kilobytes === null ? null : Math.round(kilobytes / 102.4) / 10;
}
