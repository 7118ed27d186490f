import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { openDatabase, type Database } from '../../native/sqlite/index.ts';
import { sqliteFault } from './faults.ts';
import { readHeader } from './health.ts';
import { migrate } from './migrate.ts';
import type { Migration } from './migrations/migration.ts';
import { text } from './row.ts';

/** Without these, what a person wrote would have holes: all of them or nothing. */
const WORDS = ['folders', 'conversations', 'lines', 'messages', 'replies', 'drafts', 'feedback'];
/** Records about use: as many of these tables as can be read. `meta` and the search indexes are made again. */
const RECORDS = [
  'prompts',
  'prompt_versions',
  'prompt_labels',
  'imported_models',
  'measurements',
  'policy_versions',
  'model_observations',
  'api_tokens',
  'downloads',
  'trace_views',
];
/** Their sums are made again by triggers. Cached answers are not worth saving. */
const LOGS = ['usage', 'egress', 'traces', 'trace_payloads', 'trace_pictures', 'breaker_changes'];

/**
 * Copies every row that matters from a damaged database into a new file `to`. Damage is most often in an index or a log,
 * and then nothing is lost. Returns what had to be left out, or null (and no file) when people's words cannot all be read.
 */
export function salvage(
  from: string,
  to: string,
  { migrations, now }: { migrations: readonly Migration[]; now: number },
): { lost: string[] } | null {
  const mapError = (error: Parameters<typeof sqliteFault>[0]) => sqliteFault(error, dirname(to));
  const discard = (): void => ['', '-wal', '-shm'].forEach((suffix) => rmSync(to + suffix, { force: true }));
  discard();
  const db = openDatabase({ path: to, mapError });
  try {
    const version = readHeader(from)?.userVersion ?? 0;
    migrate(db, { migrations: migrations.slice(0, version), snapshotDir: dirname(to), now });
    const lost = copyTables(db, from);
    db.pragma('journal_mode = DELETE');
    db.close();
    return { lost };
  } catch {
    db.close();
    discard();
    return null;
  }
}

function copyTables(db: Database, from: string): string[] {
  const lost: string[] = [];
  const here = new Set(
    db.all(`SELECT name FROM main.sqlite_master WHERE type = 'table'`).map((row) => text(row, 'name')),
  );
  db.run('ATTACH ? AS damaged', from);
  db.pragma('foreign_keys = OFF');
  for (const table of WORDS) if (here.has(table)) copyTable(db, table);
  for (const table of [...RECORDS, ...LOGS]) {
    if (!here.has(table)) continue;
    try {
      copyTable(db, table);
    } catch {
      lost.push(table);
    }
  }
  if (lost.includes('traces') && !lost.includes('trace_payloads')) db.exec('DELETE FROM main.trace_payloads');
  if (lost.some((table) => table.startsWith('prompt'))) db.exec('DELETE FROM main.prompt_labels');
  db.exec('DETACH damaged');
  db.pragma('foreign_keys = ON');
  if (db.all('PRAGMA foreign_key_check').length > 0) throw new Error('rows point at rows that could not be read');
  return lost;
}

function copyTable(db: Database, table: string): void {
  const columns = db.all(`SELECT name FROM pragma_table_info('${table}')`).map((row) => text(row, 'name'));
  const list = columns.join(', ');
  // NOT INDEXED: an index of the damaged file may be what is damaged.
  db.write(() => db.run(`INSERT INTO main.${table} (${list}) SELECT ${list} FROM damaged.${table} NOT INDEXED`));
}
