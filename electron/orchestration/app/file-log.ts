import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { hideSecrets } from '../../base/hide-secrets.ts';
import type { Log, LogLevel } from '../../base/log.ts';

/** A log file is put aside at this size, in bytes; two old ones are kept. */
const MOST_BYTES = 4 * 2 ** 20;
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Keys of people and providers reach no log, wherever in a field they stand. */
const withoutSecrets = (_name: string, value: unknown): unknown =>
  typeof value === 'string' ? hideSecrets(value) : value;

/** One JSON line an event in `logs/switchyard.log`. A log that cannot be written is given up in silence. */
export function createFileLog(folder: string, clock: Pick<Clock, 'now'>, from: LogLevel = 'info'): Log {
  const path = join(folder, 'switchyard.log');
  let sizeBytes: number | null = null;

  const rotate = () => {
    rmSync(`${path}.2`, { force: true });
    try {
      renameSync(`${path}.1`, `${path}.2`);
    } catch {
      // There was none yet.
    }
    renameSync(path, `${path}.1`);
    sizeBytes = 0;
  };
  const currentSize = (): number => {
    try {
      return statSync(path).size;
    } catch {
      mkdirSync(folder, { recursive: true });
      return 0;
    }
  };

  return {
    write(level, event, fields = {}) {
      if (LEVELS.indexOf(level) < LEVELS.indexOf(from)) return;
      try {
        sizeBytes ??= currentSize();
        if (sizeBytes > MOST_BYTES) rotate();
        const line = `${JSON.stringify({ at: new Date(clock.now()).toISOString(), level, event, ...fields }, withoutSecrets)}\n`;
        appendFileSync(path, line);
        sizeBytes += line.length;
      } catch {
        // A full or read-only disk must not end the app through its log.
      }
    },
  };
}
