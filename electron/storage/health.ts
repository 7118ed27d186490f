import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { openDatabase, type Database } from '../../native/sqlite/index.ts';
import { FaultError } from '../contract/faults.ts';
import { damaged, sqliteFault } from './faults.ts';
import { readSchemaVersion } from './migrate.ts';

const SHOWN_FINDINGS = 5;

/** `quick_check` reads every page once; `integrity_check` also compares tables with their indexes. */
export function checkDatabase(db: Database, full: boolean): { ok: boolean; detail: string } {
  try {
    const found = db
      .all(full ? 'PRAGMA integrity_check(20)' : 'PRAGMA quick_check(20)')
      .map((row) => String(Object.values(row)[0]))
      .filter((line) => line !== 'ok');
    const orphans = db.all('PRAGMA foreign_key_check').length;
    if (orphans > 0) found.push(`${orphans} rows point at rows that do not exist`);
    if (found.length === 0) return { ok: true, detail: 'The database is whole.' };
    return { ok: false, detail: `The database is damaged: ${found.slice(0, SHOWN_FINDINGS).join('; ')}.` };
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

const MAGIC = 'SQLite format 3\0';

/** Whether the file starts like a SQLite database; missing and empty files count as new ones. */
export function looksLikeDatabase(path: string): boolean {
  if (!existsSync(path) || statSync(path).size === 0) return true;
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(MAGIC.length);
    readSync(file, head, 0, head.length, 0);
    return head.toString('latin1') === MAGIC;
  } finally {
    closeSync(file);
  }
}

/** Opens for reading without leaving a trace beside the file: immutable unless a WAL has to be read with it. */
export function openForReading(path: string, folder: string): Database {
  const waiting = existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
  return openDatabase({ path, mode: waiting ? 'read' : 'immutable', mapError: (error) => sqliteFault(error, folder) });
}

/** Checks that a file is a whole database of ours that this program can read. Throws the fault that says why it is not. */
export function verifyFile(path: string, folder: string, known: number): { version: number } {
  if (!looksLikeDatabase(path) || statSync(path).size === 0) throw damaged(`${path} is not a database`);
  const db = openForReading(path, folder);
  try {
    const version = readSchemaVersion(db, known);
    const { ok, detail } = checkDatabase(db, true);
    if (version === 0 || !ok) throw damaged(version === 0 ? `${path} is empty` : detail);
    return { version };
  } finally {
    db.close();
  }
}

/** Damage, as opposed to a full disk or a file of another program: only damage may be moved aside. */
export const isDamage = (error: unknown): boolean =>
  error instanceof FaultError && error.fault.code === 'storage_corrupt';
