import type { Migration } from './migration.ts';

const SQL = `
CREATE TABLE imported_models (
  id TEXT NOT NULL PRIMARY KEY,
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  added_at INTEGER NOT NULL
) STRICT;

CREATE TABLE measurements (
  key TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Imported model files and what was measured on this machine. */
export const models: Migration = { version: 6, name: 'models', up: (db) => db.exec(SQL) };
