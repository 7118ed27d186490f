import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { openDatabase, type Database } from '../../native/sqlite/index.ts';
import { cannotWrite, damaged, sqliteFault } from './faults.ts';
import { checkDatabase, isDamage, looksLikeDatabase, openForReading } from './health.ts';
import { migrate, readSchemaVersion } from './migrate.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { replaceDamaged } from './recover.ts';
import { rebuildSearchIndexes, refreshSearchIndexes } from './search-index.ts';

export interface OpenFileOptions {
  readonly path: string;
  readonly snapshotDir: string;
  readonly now: number;
  readonly migrations?: readonly Migration[];
}

/** quick_check reads a few hundred MB a second. A file this small is checked at every start, it costs some ms … */
const ALWAYS_CHECK_BYTES = 24 * 1024 * 1024;
/** … and one up to here only when the last run did not end properly. Past that, `doctor` and the data screen check. */
const CHECK_AFTER_CRASH_BYTES = 400 * 1024 * 1024;

/** Opens the file, or the best that can be had in its place, and says what was found. Never deletes anything. */
export function openFile(options: OpenFileOptions): { db: Database; problems: string[] } {
  const { path } = options;
  const folder = dirname(path);
  const known = (options.migrations ?? allMigrations).length;
  if (!isWritable(path, folder)) return openReadOnly(path, folder, known);
  try {
    return { db: openWhole(options, folder), problems: [] };
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  const problem = replaceDamaged(path, options.snapshotDir, known, options.now);
  return { db: openWhole(options, folder), problems: [problem] };
}

function openWhole(options: OpenFileOptions, folder: string): Database {
  const { path, snapshotDir, now, migrations = allMigrations } = options;
  const unclean = existsSync(`${path}-wal`);
  if (!looksLikeDatabase(path)) throw damaged(`${path} is not a database`);
  if (existsSync(path) && statSync(path).size > 0) refuseForeign(path, folder, migrations.length);
  const db = openDatabase({ path, mapError: (error) => sqliteFault(error, folder) });
  try {
    const sizeBytes = statSync(path).size;
    if (sizeBytes <= (unclean ? CHECK_AFTER_CRASH_BYTES : ALWAYS_CHECK_BYTES)) {
      const { ok, detail } = checkDatabase(db, false);
      if (!ok && !repairSearch(db)) throw damaged(detail);
    }
    migrate(db, { migrations, snapshotDir, now });
    if (migrations === allMigrations) refreshSearchIndexes(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Reads only: a file of a newer version or of another program stays as it is, to the byte. */
function refuseForeign(path: string, folder: string, known: number): void {
  const db = openForReading(path, folder);
  try {
    readSchemaVersion(db, known);
  } finally {
    db.close();
  }
}

/** The search indexes can be made again from what they index: damage in them alone loses nothing. */
function repairSearch(db: Database): boolean {
  try {
    rebuildSearchIndexes(db);
    return checkDatabase(db, false).ok;
  } catch {
    return false;
  }
}

function isWritable(path: string, folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    if (existsSync(path)) accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What is stored can still be read; every attempt to write is refused by SQLite and mapped to a clear fault. */
function openReadOnly(path: string, folder: string, known: number): { db: Database; problems: string[] } {
  if (!existsSync(path)) throw cannotWrite(folder);
  const db = openForReading(path, folder);
  try {
    if (readSchemaVersion(db, known) !== known) throw cannotWrite(folder);
  } catch (error) {
    db.close();
    throw error;
  }
  return {
    db,
    problems: [
      `The data folder ${folder} is read-only: everything can be read, nothing new is stored. Make it writable, then restart Switchyard.`,
    ],
  };
}
