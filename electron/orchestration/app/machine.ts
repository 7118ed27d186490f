import { readdirSync, readFileSync } from 'node:fs';
import { freemem, networkInterfaces } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import type { MachineState } from '../../base/machine-state.ts';

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

/** So much of ten seconds, in %, may all work wait for memory before nothing large is loaded: healthy machines are near 0. */
const STALLED_PERCENT = 10;

/**
 * Whether the system is short of memory: on Linux, how long all work waits for it (Documentation/accounting/psi.rst, `full`). What
 * cannot be told counts as enough; the free bytes are looked at besides.
 */
export function createMemoryPressure(clock: Pick<Clock, 'monotonicMs'>, path = '/proc/pressure/memory'): () => boolean {
  let at = -Infinity;
  let short = false;
  return () => {
    const now = clock.monotonicMs();
    if (now - at < KEEP_MS) return short;
    at = now;
    const waited = /^full avg10=(\d+(?:\.\d+)?)/mu.exec(read(path) ?? '')?.[1];
    short = waited !== undefined && Number(waited) >= STALLED_PERCENT;
    return short;
  };
}

/** Private memory of this process in MB; null where it cannot be told apart from shared memory. */
export function privateMemoryMb(): number | null {
  const kilobytes = procKilobytes('/proc/self/smaps_rollup', ['Private_Clean', 'Private_Dirty']);
  return kilobytes === null ? null : Math.round(kilobytes / 102.4) / 10;
}

const SUPPLIES = '/sys/class/power_supply';
const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
};

/** On battery = there is a battery, and no supply says that it is plugged in (Linux: Documentation/ABI/testing/sysfs-class-power). */
function linuxOnBattery(supplies: string): boolean {
  let names: string[];
  try {
    names = readdirSync(supplies);
  } catch {
    return false;
  }
  const plugged = names.some((name) => read(`${supplies}/${name}/online`) === '1');
  const discharging = names.some((name) => read(`${supplies}/${name}/status`) === 'Discharging');
  return discharging && !plugged;
}

/** Power and network of this machine without a window's help; what cannot be told counts as mains and unknown. */
export function createMachineState(clock: Pick<Clock, 'monotonicMs'>, supplies = SUPPLIES): MachineState {
  let at = -Infinity;
  let battery = false;
  let online: boolean | null = null;
  const look = () => {
    const now = clock.monotonicMs();
    if (now - at < KEEP_MS) return;
    at = now;
    battery = linuxOnBattery(supplies);
    const outward = Object.values(networkInterfaces()).some((all) => all?.some(({ internal }) => !internal));
    online = outward ? null : false;
  };
  return {
    onBattery() {
      look();
      return battery;
    },
    online() {
      look();
      return online;
    },
  };
}
