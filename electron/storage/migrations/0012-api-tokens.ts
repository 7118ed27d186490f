import type { Migration } from './migration.ts';

const SQL = `
CREATE TABLE api_tokens (
  name TEXT NOT NULL PRIMARY KEY,
  sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  requests_per_minute INTEGER,
  concurrency INTEGER,
  usd_per_day REAL
) STRICT;
`;

/** Tokens of the local API made in the app, as hashes. */
export const apiTokens: Migration = { version: 12, name: 'API tokens', up: (db) => db.exec(SQL) };
