import type { Worker } from 'node:worker_threads';
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
/**
 * How long after the last of them the thread begins, in ms. Most often that is the message a turn begins with, and in the middle of it
 * the thread held the turn up by about 7 ms; a moment later the model is at work and waits for nothing of this.
 */
const ASIDE_AFTER_MS = 100;

const ENTRY = { source: 'wal/checkpoint-worker.ts', bundle: 'checkpoint.mjs' };

/** What moves the WAL off this thread. */
export interface Aside {
  /** `onEnd` comes whatever becomes of it. */
  run(onEnd: () => void): void;
  stop(): void;
}

/** A thread that is started when it is first needed, and kept: starting one takes more of a core than what it does. */
export function createCheckpointThread(path: string): Aside {
  let thread: Worker | null = null;
  let told: () => void = () => undefined;
  const start = (): Worker => {
    const made = startThread(ENTRY, path);
    // SQLite moves the WAL by itself then, later and in the middle of a turn.
    made.on('error', () => undefined);
    made.on('message', () => told());
    made.on('exit', () => {
      thread = null;
      told();
    });
    return made;
  };
  return {
    run(onEnd) {
      told = onEnd;
      thread ??= start();
      thread.postMessage('checkpoint');
    },
    stop() {
      void thread?.terminate();
    },
  };
}

export interface KeptShort {
  /** The same database; what it writes is counted. */
  readonly db: Database;
  /** Transactions of another thread. */
  readonly count: (transactions: number) => void;
  readonly stop: () => void;
}

/**
 * Moves the WAL into the file between turns, or when there is no pause: always on a thread, because a disk that is busy held this one up for
 * 142 ms, and never in the middle of a turn.
 */
export function keepWalShort(db: Database, clock: Clock, createAside = createCheckpointThread): KeptShort {
  if (db.readOnly) return { db, count: () => undefined, stop: () => undefined };
  const aside = createAside(db.path);
  let wroteAtMs: number | null = null;
  let writes = 0;
  let underWay = false;
  let starting: NodeJS.Timeout | undefined;
  const move = (): void => {
    aside.run(() => {
      underWay = false;
    });
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
    aside.stop();
  };
  return { db: { ...db, write }, count, stop };
}
