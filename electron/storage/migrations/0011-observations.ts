import type { Migration } from './migration.ts';

const SQL = `
CREATE TABLE model_observations (
  model_id TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** The last answers of every model: how soon, how fast, how often with a fault. */
export const observations: Migration = { version: 11, name: 'observations', up: (db) => db.exec(SQL) };
