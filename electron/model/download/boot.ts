import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/**
 * Names this run of the operating system. Within one, what a killed process wrote is in the file; after a power cut only what was
 * flushed is. Where the system has no name for it, its start to the nearest 10 s is: a clock that jumps makes it another run, and
 * then a few seconds of a download are fetched again.
 */
export function bootName(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return `t${Math.round((Date.now() / 1000 - uptime()) / 10)}`;
  }
}
