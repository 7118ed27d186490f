import { workerData } from 'node:worker_threads';
import { openDatabase } from '../../../native/sqlite/index.ts';

/** Passes at most: the first moves nearly all, each later one what was written during the one before. */
const MOST_PASSES = 6;

/**
 * One checkpoint on a thread of its own, while the main thread goes on writing: PASSIVE waits for nobody. Only when nothing
 * is left does the next writer begin the WAL anew; otherwise it would grow until SQLite moves it in the middle of a turn.
 */
const db = openDatabase({ path: String(workerData), mapError: (error) => error });
for (let pass = 0; pass < MOST_PASSES; pass++) {
  const result = db.get('PRAGMA wal_checkpoint(PASSIVE)');
  if (result?.['log'] === result?.['checkpointed']) break;
}
db.close();
