import type { Database } from '../../../native/sqlite/index.ts';
import type { Clock } from '../../base/clock.ts';
import { startThread } from '../thread.ts';

const IDLE_CHECK_MS = 3000;
const IDLE_AFTER_MS = 1000;
/**
 * Transactions without a pause after which a thread moves them: about 8 MB of WAL. Moved by SQLite itself they held a turn up for
 * 17 to 39 ms.
 */
export const BUSY_WRITES = 250;

const ENTRY = { source: 'wal/checkpoint-worker.ts', bundle: 'checkpoint.mjs' };

/** Runs one checkpoint off this thread; `onEnd` comes whatever becomes of it. */
export function checkpointAside(path: string, onEnd: () => void): void {
  const thread = startThread(ENTRY, path);
  // SQLite does it then by itself, later and in the middle of a turn.
  thread.on('error', () => undefined);
  thread.on('exit', onEnd);
}

export interface KeptShort {
  /** The same database; what it writes is counted. */
  readonly db: Database;
  readonly stop: () => void;
}

/** Moves the WAL into the file between turns, or on a thread when there is no pause: never in the middle of a turn. */
export function keepWalShort(db: Database, clock: Clock, aside = checkpointAside): KeptShort {
  if (db.readOnly) return { db, stop: () => undefined };
  let wroteAtMs: number | null = null;
  let writes = 0;
  let underWay = false;
  const timer = setInterval(() => {
    if (underWay || wroteAtMs === null || clock.monotonicMs() - wroteAtMs < IDLE_AFTER_MS) return;
    wroteAtMs = null;
    writes = 0;
    db.pragma('wal_checkpoint(PASSIVE)');
  }, IDLE_CHECK_MS);
  timer.unref();
  const write: Database['write'] = (work) => {
    wroteAtMs = clock.monotonicMs();
    if (++writes >= BUSY_WRITES && !underWay) {
      writes = 0;
      underWay = true;
      aside(db.path, () => {
        underWay = false;
      });
    }
    return db.write(work);
  };
  return { db: { ...db, write }, stop: () => clearInterval(timer) };
}
