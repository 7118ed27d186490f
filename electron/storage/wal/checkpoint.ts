import type { Database } from '../../../native/sqlite/index.ts';

/** Passes at most: the first moves nearly all, each later one what was written during the one before. */
const MOST_PASSES = 6;

/**
 * Moves the WAL into the file while others read and write: PASSIVE waits for nobody. Only when nothing is left does the next writer
 * begin the WAL anew; otherwise it would grow until SQLite moves it in the middle of a turn. That first writer waits for the disk
 * (7 ms and more): so it is one that says nothing new, and no turn is.
 */
export function checkpoint(db: Database): void {
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const result = db.get('PRAGMA wal_checkpoint(PASSIVE)');
    if (result?.['log'] !== result?.['checkpointed']) continue;
    db.write(() => {
      const version = db.get('PRAGMA user_version')?.['user_version'];
      db.exec(`PRAGMA user_version = ${Number(version)}`);
    });
    return;
  }
}
