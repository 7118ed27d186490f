import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { processTree } from './app/launch.ts';

/** Processor time while something was measured, as shares of one core. */
export interface Noise {
  /** Taken by processes that are not ours. */
  readonly foreign: number;
  /** Taken by the host from this machine. */
  readonly stolen: number;
}

const TICKS_PER_SECOND = 100;

interface Reading {
  readonly atMs: number;
  readonly busyMs: number;
  readonly stolenMs: number;
  readonly ownMs: number;
}

/** Starts watching; the returned function says what disturbed since. Nothing is known off Linux: zero. */
export function watchNoise(): () => Noise {
  const from = read();
  return () => {
    const to = read();
    const ms = Math.max(1, to.atMs - from.atMs);
    return {
      foreign: Math.max(0, to.busyMs - from.busyMs - (to.ownMs - from.ownMs)) / ms,
      stolen: (to.stolenMs - from.stolenMs) / ms,
    };
  };
}

function read(): Reading {
  const atMs = performance.now();
  if (process.platform !== 'linux') return { atMs, busyMs: 0, stolenMs: 0, ownMs: 0 };
  const busyMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  const ticks = readFileSync('/proc/stat', 'utf8').split('\n')[0]?.trim().split(/\s+/).map(Number) ?? [];
  const ownTicks = processTree(process.pid).reduce((sum, id) => sum + ticksOf(id), 0);
  return {
    atMs,
    busyMs,
    stolenMs: ((ticks[8] ?? 0) * 1000) / TICKS_PER_SECOND,
    ownMs: (ownTicks * 1000) / TICKS_PER_SECOND,
  };
}

/** Own and waited-for children's time of one process; 0 for one that has ended. */
function ticksOf(id: number): number {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0);
  } catch {
    return 0;
  }
}
