import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { say } from '../contract/sentences/index.ts';
import { openDatabase, type Database } from '../../native/sqlite/index.ts';
import { FaultError } from '../contract/faults.ts';
import { damaged, notOurs, sqliteFault, tooNew } from './faults.ts';
import { APPLICATION_ID, readSchemaVersion } from './migrate.ts';
import { text } from './row.ts';

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
    if (found.length === 0) return { ok: true, detail: say('app.storage.whole') };
    return { ok: false, detail: say('app.storage.findings', { problems: found.slice(0, SHOWN_FINDINGS).join('; ') }) };
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

/** The cheap form for every start: the tables that hold what people wrote, not the search indexes made from them. */
export function checkAtStart(db: Database): { ok: boolean; detail: string } {
  try {
    const tables = db
      .all(
        `SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE '%\\_fts%' ESCAPE '\\'`,
      )
      .map((row) => text(row, 'name'));
    for (const table of tables) {
      const found = db.all(`PRAGMA quick_check(${table})`).map((row) => String(Object.values(row)[0]));
      if (found.some((line) => line !== 'ok')) return { ok: false, detail: `${table}: ${found[0] ?? ''}` };
    }
    return { ok: true, detail: '' };
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;

/** What the first bytes of a file say (https://www.sqlite.org/fileformat2.html, section 1.3). */
export interface FileHeader {
  readonly userVersion: number;
  readonly applicationId: number;
  /** No table was ever made in it: what a process leaves that is killed right after it made the file. */
  readonly isBlank: boolean;
  /** What the file should measure; null when its last writer did not say. */
  readonly sizeBytes: number | null;
}

/** Null for a missing or empty file, which counts as a new one. Throws when it does not start like a SQLite database. */
export function readHeader(path: string): FileHeader | null {
  if (!existsSync(path) || statSync(path).size === 0) return null;
  const head = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  let readBytes = 0;
  try {
    readBytes = readSync(file, head, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
  if (readBytes < HEADER_BYTES) throw damaged(`${path} is cut off`);
  if (head.toString('latin1', 0, MAGIC.length) !== MAGIC) throw damaged(`${path} is not a database`);
  // The page count counts only when the change counter was copied beside it; a page size of 1 stands for 65,536.
  const pageBytes = head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16);
  const sizeBytes = head.readUInt32BE(24) === head.readUInt32BE(92) ? head.readUInt32BE(28) * pageBytes : null;
  const [schemaCookie, userVersion, applicationId] = [
    head.readUInt32BE(40),
    head.readUInt32BE(60),
    head.readUInt32BE(68),
  ];
  return { userVersion, applicationId, sizeBytes, isBlank: schemaCookie + userVersion + applicationId === 0 };
}

/** True when a write-ahead log holds pages that are not in the file yet. */
export const hasWal = (path: string): boolean => existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;

/** Refuses files of newer versions, of other programs, and cut off ones, without opening, and so changing, anything. */
export function refuseForeign(path: string, known: number): void {
  const header = readHeader(path);
  if (!header) return;
  // A WAL may hold a newer first page; then the versions are read again after opening, before any write.
  if (header.isBlank) return;
  if (header.applicationId !== APPLICATION_ID) throw notOurs(path);
  if (header.userVersion > known) throw tooNew(path, header.userVersion, known);
  if (!hasWal(path) && header.sizeBytes !== null && statSync(path).size < header.sizeBytes)
    throw damaged(`${path} is cut off`);
}

/** Checks that a file is a whole database of ours that this program can read. Throws the fault that says why it is not. */
export function verifyFile(path: string, folder: string, known: number): void {
  if (!readHeader(path)) throw damaged(`${path} is empty`);
  refuseForeign(path, known);
  const db = openDatabase({ path, mode: 'read', mapError: (error) => sqliteFault(error, folder) });
  try {
    if (readSchemaVersion(db, known) === 0) throw damaged(`${path} is empty`);
    const { ok, detail } = checkDatabase(db, true);
    if (!ok) throw damaged(detail);
  } finally {
    db.close();
  }
}

/** Damage, as opposed to a full disk or a file of another program: only damage may be moved aside. */
export const isDamage = (error: unknown): boolean =>
  error instanceof FaultError && error.fault.code === 'storage_corrupt';
