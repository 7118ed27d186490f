import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  fsyncSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { say } from '../contract/sentences/index.ts';
import { openDatabase, type Database } from '../../native/sqlite/index.ts';
import { refuse } from '../contract/faults.ts';
import { damaged, fileFault, sqliteFault } from './faults.ts';
import { isDamage, readHeader, refuseForeign, verifyFile } from './health.ts';
import { snapshotInto, stamp } from './migrate.ts';
import { SCHEMA_VERSION } from './migrations/index.ts';
import { moveAside } from './recover.ts';

/** Online copy of the whole database into one file. It appears under its name only when it is complete. */
export async function backupTo(db: Database, toPath: string): Promise<{ sizeBytes: number }> {
  const target = resolve(toPath);
  if (target === resolve(db.path)) throw refuse(say('app.backup.itself'));
  const part = `${target}.part`;
  try {
    mkdirSync(dirname(target), { recursive: true });
    rmSync(part, { force: true });
    await db.backup(part);
    finishFile(part, target);
    return { sizeBytes: statSync(target).size };
  } catch (error) {
    rmSync(part, { force: true });
    throw fileFault(error, dirname(target));
  }
}

/** Puts a backup in the place of a database that nobody has open. What was there is first copied to `snapshotDir`. */
export function restoreBackup(input: { from: string; to: string; snapshotDir: string; at?: number }): {
  snapshot: string | null;
} {
  const from = resolve(input.from);
  const to = resolve(input.to);
  const at = input.at ?? Date.now();
  if (!existsSync(from)) throw refuse(`There is no backup ${from}: check the path.`, 'not_found');
  if (from === to) throw refuse('The backup is the database itself: choose another file.');
  if (!readHeader(from)) throw damaged(`${from} is empty`);
  refuseForeign(from, SCHEMA_VERSION);
  const part = `${to}.part`;
  try {
    mkdirSync(dirname(to), { recursive: true });
    for (const suffix of ['', '-wal']) {
      rmSync(part + suffix, { force: true });
      if (existsSync(from + suffix)) copyFileSync(from + suffix, part + suffix);
    }
    verifyFile(part, dirname(to), SCHEMA_VERSION);
    const snapshot = existsSync(to)
      ? keepCurrent(to, join(input.snapshotDir, `${stamp(at)}-before-restore.db`), at)
      : null;
    finishFile(part, to);
    return { snapshot };
  } catch (error) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(part + suffix, { force: true });
    throw fileFault(error, dirname(to));
  }
}

const mapped = (folder: string) => (error: Parameters<typeof sqliteFault>[0]) => sqliteFault(error, folder);

/** Returns where the current database can be found afterwards. No WAL of it may stay: it would be read into the new file. */
function keepCurrent(path: string, snapshot: string, at: number): string {
  try {
    const db = openDatabase({ path, mapError: mapped(dirname(path)) });
    try {
      snapshotInto(db, snapshot);
      db.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      db.close();
    }
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
    return snapshot;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return moveAside(path, at);
  }
}

/** Makes the finished copy durable, then visible. The copy needs no WAL beside it. */
function finishFile(part: string, target: string): void {
  const db = openDatabase({ path: part, mapError: mapped(dirname(part)) });
  try {
    db.pragma('journal_mode = DELETE');
  } finally {
    db.close();
  }
  const file = openSync(part, 'r+');
  fsyncSync(file);
  closeSync(file);
  renameSync(part, target);
}
