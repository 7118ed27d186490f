import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Database } from '../../native/sqlite/index.ts';
import { FaultError } from '../contract/faults.ts';
import { integer } from './row.ts';
import { notOurs, tooNew } from './faults.ts';
import type { Migration } from './migrations/migration.ts';

/** `PRAGMA application_id` of our files: "SWYD". */
export const APPLICATION_ID = 0x53_57_59_44;

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** The schema a file has; 0 = an empty new file. Refuses files of other programs and newer versions, before any write. */
export function readSchemaVersion(db: Database, known: number): number {
  const version = number(db.pragma('user_version'));
  const owner = number(db.pragma('application_id'));
  const tables = integer(db.get('SELECT count(*) AS n FROM sqlite_master'), 'n');
  if (tables === 0 && version === 0) return 0;
  if (owner !== APPLICATION_ID) throw notOurs(db.path);
  if (version > known) throw tooNew(db.path, version, known);
  return version;
}

/** A file name that sorts by time and needs no quoting anywhere. */
export const stamp = (at: number): string => new Date(at).toISOString().replaceAll(/[:.]/g, '-');

/** Writes a compact copy of everything committed into one new file. */
export function snapshotInto(db: Database, toPath: string): void {
  mkdirSync(dirname(toPath), { recursive: true });
  db.run('VACUUM INTO ?', toPath);
}

/** `now`: epoch ms, names the snapshot. */
export interface MigrateOptions {
  readonly migrations: readonly Migration[];
  readonly snapshotDir: string;
  readonly now: number;
}

/** Brings the file up to the newest schema in one transaction; an existing file is copied to `snapshotDir` first. */
export function migrate(db: Database, { migrations, snapshotDir, now }: MigrateOptions): { from: number; to: number } {
  const to = migrations.length;
  const from = readSchemaVersion(db, to);
  if (from === to) return { from, to };
  const snapshot = from > 0 ? join(snapshotDir, `${stamp(now)}-before-v${to}.db`) : null;
  if (snapshot) snapshotInto(db, snapshot);
  db.pragma('foreign_keys = OFF');
  try {
    db.write(() => {
      for (const migration of migrations.slice(from)) migration.up(db);
      if (db.all('PRAGMA foreign_key_check').length > 0) throw new Error('rows point at rows that do not exist');
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${to}`);
    });
  } catch (error) {
    if (from === 0 && error instanceof FaultError) throw error;
    throw migrationFailed(db.path, to, snapshot, error);
  } finally {
    db.pragma('foreign_keys = ON');
  }
  return { from, to };
}

function migrationFailed(path: string, to: number, snapshot: string | null, error: unknown): FaultError {
  const why = error instanceof Error ? error.message : String(error);
  const kept = snapshot ? `; a copy is at ${snapshot}` : '';
  const fault = error instanceof FaultError ? error.fault : null;
  return new FaultError({
    code: fault?.code ?? 'internal',
    origin: 'infrastructure',
    recoverable: false,
    detail: `The database ${path} could not be brought to data version ${to} (${why}). It was left as it was${kept}: keep using the version of Switchyard that wrote it.`,
  });
}
