import type { Migration } from './migration.ts';

const SQL = `
CREATE TABLE bench_reports (
  id TEXT NOT NULL PRIMARY KEY,
  finished_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE backend_notes (
  key TEXT NOT NULL PRIMARY KEY,
  noted_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** What was measured of models on this machine, a row a run; and what its backends were seen to do. */
export const benchReports: Migration = { version: 18, name: 'bench reports', up: (db) => db.exec(SQL) };
