import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { openDatabase } from '../../../native/sqlite/index.ts';
import { checkDatabase, refuseForeign } from '../../storage/health.ts';
import { readSchemaVersion } from '../../storage/migrate.ts';
import { SCHEMA_VERSION } from '../../storage/migrations/index.ts';
import { sqliteFault } from '../../storage/faults.ts';
import { sentenceOf } from '../failure.ts';
import { databasePath } from '../store.ts';
import { fail, fine } from './finding.ts';
import type { Finding } from './finding.ts';

/** The addon loads, and was built with full-text search. */
export function checkSqlite(): Finding[] {
  try {
    const db = openDatabase({ path: ':memory:' });
    try {
      const version = db.get('SELECT sqlite_version() AS version')?.['version'];
      db.exec('CREATE VIRTUAL TABLE probe USING fts5(text)');
      return [fine('sqlite', `SQLite ${String(version)} with full-text search.`)];
    } finally {
      db.close();
    }
  } catch (error) {
    return [fail('sqlite', `The SQLite module does not work here (${sentenceOf(error)}).`, 'Reinstall Switchyard.')];
  }
}

/** Looks without opening for writing: what is wrong is told, not repaired. */
export function checkDatabaseFile(dataDir: string): Finding[] {
  const path = databasePath(dataDir);
  if (!existsSync(path)) return [fine('database', 'None yet: it is made with the first message.')];
  const advice = 'Restore a backup with `restore`, or start the app, which goes back to its newest snapshot.';
  try {
    refuseForeign(path, SCHEMA_VERSION);
    const db = openDatabase({ path, mode: 'read', mapError: (error) => sqliteFault(error, dirname(path)) });
    try {
      const version = readSchemaVersion(db, SCHEMA_VERSION);
      const { ok, detail } = checkDatabase(db, true);
      const size = `${(statSync(path).size / 1e6).toFixed(1)} MB, version ${version}`;
      return [ok ? fine('database', `${detail} ${size}.`) : fail('database', detail, advice)];
    } finally {
      db.close();
    }
  } catch (error) {
    return [fail('database', sentenceOf(error), advice)];
  }
}
