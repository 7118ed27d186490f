import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { egressEntry, type EgressEntry } from '../contract/providers.ts';
import { fileFault } from './faults.ts';

/**
 * Entries of the egress log on their way into the database: a file beside it with one JSON line each. A line is with the kernel
 * when `append` returns, as a committed transaction would be, for a tenth of its price (0.02 against 0.22 ms).
 */
export interface EgressJournal {
  /** Throws a FaultError when the line cannot be written whole; then it is not there. */
  append(entry: EgressEntry): void;
  /** Bytes it holds. */
  size(): number;
  /** What it holds from a process that was killed. Lines that say nothing are left out and counted. */
  left(): { entries: EgressEntry[]; damaged: number };
  /** Everything in it stands in the database now. */
  clear(): void;
  close(): void;
}

export function createEgressJournal(path: string): EgressJournal {
  let file: number | null = null;
  let bytes = existsSync(path) ? readFileSync(path).byteLength : 0;
  const opened = (): number => {
    if (file !== null) return file;
    file = openSync(path, 'a', 0o600);
    bytes = fstatSync(file).size;
    return file;
  };

  return {
    append(entry) {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`, 'utf8');
      try {
        const into = opened();
        if (writeSync(into, line) < line.byteLength) {
          ftruncateSync(into, bytes);
          throw Object.assign(new Error('The line was cut.'), { code: 'ENOSPC' });
        }
        bytes += line.byteLength;
      } catch (error) {
        throw fileFault(error, dirname(path));
      }
    },
    size: () => bytes,
    left() {
      if (bytes === 0) return { entries: [], damaged: 0 };
      const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
      const entries = lines.flatMap((line) => {
        try {
          return [egressEntry.parse(JSON.parse(line))];
        } catch {
          return [];
        }
      });
      return { entries, damaged: lines.length - entries.length };
    },
    clear() {
      if (bytes === 0) return;
      ftruncateSync(opened(), 0);
      bytes = 0;
    },
    close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}
