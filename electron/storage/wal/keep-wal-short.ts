import type { Database } from '../../../native/sqlite/index.ts';
import type { Clock } from '../../base/clock.ts';

const IDLE_CHECK_MS = 3000;
const IDLE_AFTER_MS = 1000;
/**
 * Transactions without a pause after which a thread moves them: about 8 MB of WAL. Moved by SQLite itself they held a turn up for
 * 17 to 39 ms.
 */
export const BUSY_WRITES = 250;
/**
 * How long after the last of them the thread begins, in ms. Most often that is the message a turn begins with, and in the middle of it
 * the thread held the turn up by about 7 ms; a moment later the model is at work and waits for nothing of this.
 */
const ASIDE_AFTER_MS = 100;

export interface KeptShort {
  /** The same database; what it writes is counted. */
  readonly db: Database;
  /** Transactions of another thread. */
  readonly count: (transactions: number) => void;
  readonly stop: () => void;
}

/**
 * Moves the WAL into the file between turns, or when there is no pause: always on a thread, because a disk that is busy held this one up for
 * 142 ms, and never in the middle of a turn. `checkpoint` = the thread that writes what answers leave behind: one of its own took a core for
 * its start in the middle of calls, and 15 MB.
 */
export function keepWalShort(db: Database, clock: Clock, checkpoint: () => Promise<void>): KeptShort {
  if (db.readOnly) return { db, count: () => undefined, stop: () => undefined };
  let wroteAtMs: number | null = null;
  let writes = 0;
  let underWay = false;
  let starting: NodeJS.Timeout | undefined;
  const over = (): void => {
    underWay = false;
  };
  const move = (): void => {
    // What it could not move SQLite moves by itself, later and in the middle of a turn.
    checkpoint().then(over, over);
  };
  const timer = setInterval(() => {
    if (underWay || wroteAtMs === null || clock.monotonicMs() - wroteAtMs < IDLE_AFTER_MS) return;
    wroteAtMs = null;
    writes = 0;
    underWay = true;
    move();
  }, IDLE_CHECK_MS);
  timer.unref();
  const count = (transactions: number): void => {
    wroteAtMs = clock.monotonicMs();
    writes += transactions;
    if (writes < BUSY_WRITES || underWay) return;
    writes = 0;
    underWay = true;
    starting = setTimeout(move, ASIDE_AFTER_MS);
    starting.unref();
  };
  const write: Database['write'] = (work) => {
    count(1);
    return db.write(work);
  };
  const stop = (): void => {
    clearInterval(timer);
    clearTimeout(starting);
  };
  return { db: { ...db, write }, count, stop };
}
