import { accessSync, constants, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openDatabase, type Database } from '../../native/sqlite/index.ts';
import { FaultError } from '../contract/faults.ts';
import { say } from '../contract/sentences/index.ts';
import { cannotWrite, damaged, sqliteFault } from './faults.ts';
import { checkAtStart, isDamage, refuseForeign } from './health.ts';
import { migrate, readSchemaVersion } from './migrate.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { replaceDamaged } from './recover.ts';
import { isSearchDamaged, refreshSearchIndexes } from './search-index.ts';
import { pruneSnapshots } from './snapshots.ts';

/** `now`: epoch ms, names what is moved aside or copied. `migrations` absent: all of them. */
export interface OpenFileOptions {
  readonly path: string;
  readonly snapshotDir: string;
  readonly now: number;
  readonly migrations?: readonly Migration[];
  /** Whether file and folder may be written; tests that run as root cannot make a folder that may not. */
  readonly isWritable?: (path: string) => boolean;
}

/** Measured: about 1 ms per MB of file. One this small is checked at every start … */
const ALWAYS_CHECK_BYTES = 32 * 1024 * 1024;
/** … and one up to here only when the last run did not end properly. Past that, `doctor` and the data screen check. */
const CHECK_AFTER_CRASH_BYTES = 256 * 1024 * 1024;

/** Opens the file, or the best that can be had in its place, and says what was found. Deletes nothing but old snapshots. */
export function openFile(options: OpenFileOptions): { db: Database; problems: string[] } {
  const { path } = options;
  const folder = dirname(path);
  const known = (options.migrations ?? allMigrations).length;
  if (!(options.isWritable ?? isWritable)(path)) return openReadOnly(path, folder, known);
  try {
    return { db: openWhole(options, folder), problems: [] };
  } catch (error) {
    if (isFull(error)) return openFull(path, folder, known, error);
    if (!isDamage(error)) throw error;
  }
  const problem = replaceDamaged({ migrations: allMigrations, ...options });
  return { db: openWhole(options, folder), problems: [problem] };
}

function openWhole(options: OpenFileOptions, folder: string): Database {
  const { path, snapshotDir, now, migrations = allMigrations } = options;
  const unclean = existsSync(`${path}-wal`);
  refuseForeign(path, migrations.length);
  const db = openDatabase({ path, mapError: (error) => sqliteFault(error, folder) });
  try {
    const sizeBytes = statSync(path).size;
    if (sizeBytes <= (unclean ? CHECK_AFTER_CRASH_BYTES : ALWAYS_CHECK_BYTES)) {
      const { ok, detail } = checkAtStart(db);
      if (!ok) throw damaged(detail);
    }
    const { from, to } = migrate(db, { migrations, snapshotDir, now });
    if (migrations === allMigrations) {
      if (isSearchDamaged(db)) throw damaged('its search index');
      refreshSearchIndexes(db);
    }
    if (from !== to) pruneSnapshots(snapshotDir, now);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function isWritable(path: string): boolean {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    if (existsSync(path)) accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const isFull = (error: unknown): error is FaultError =>
  error instanceof FaultError && error.fault.code === 'storage_full';

/** Even opening needs some room on the disk: without it what is stored can be read from a copy elsewhere. */
function openFull(path: string, folder: string, known: number, why: FaultError): { db: Database; problems: string[] } {
  try {
    return {
      db: openReadOnly(path, folder, known).db,
      problems: [say('app.storage.nothing_new', { words: why.message })],
    };
  } catch {
    throw why;
  }
}

/** What is stored can still be read; every attempt to write is refused by SQLite and mapped to a clear fault. */
function openReadOnly(path: string, folder: string, known: number): { db: Database; problems: string[] } {
  if (!existsSync(path)) throw cannotWrite(folder);
  refuseForeign(path, known);
  const { db, discard } = openCopy(path, folder);
  try {
    if (readSchemaVersion(db, known) !== known) throw cannotWrite(folder);
  } catch (error) {
    db.close();
    discard();
    throw error;
  }
  const close = (): void => {
    db.close();
    discard();
  };
  return {
    db: { ...db, path, close },
    problems: [say('app.storage.read_only', { folder })],
  };
}

/** SQLite cannot read a WAL database in a folder where it may not make files, so a copy elsewhere is read. */
function openCopy(path: string, folder: string): { db: Database; discard: () => void } {
  const copyFolder = mkdtempSync(join(tmpdir(), 'switchyard-read-'));
  const discard = (): void => rmSync(copyFolder, { recursive: true, force: true });
  try {
    const copy = join(copyFolder, 'switchyard.db');
    for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
    return { db: openDatabase({ path: copy, mode: 'read', mapError: (error) => sqliteFault(error, folder) }), discard };
  } catch (error) {
    discard();
    throw error;
  }
}
