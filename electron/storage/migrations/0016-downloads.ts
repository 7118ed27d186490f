import type { Migration } from './migration.ts';

// What is on disk of a file changes several times a second: it stands apart from what never changes.
const SQL = `
CREATE TABLE downloads (
  id TEXT NOT NULL PRIMARY KEY,
  place INTEGER NOT NULL,
  state TEXT NOT NULL,
  problem TEXT,
  target TEXT,
  created_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX downloads_by_target ON downloads (target) WHERE target IS NOT NULL;
CREATE TABLE download_progress (
  download_id TEXT NOT NULL PRIMARY KEY REFERENCES downloads (id) ON DELETE CASCADE,
  body TEXT NOT NULL
) STRICT;
ALTER TABLE imported_models ADD COLUMN origin TEXT NOT NULL DEFAULT 'file';
`;

/** Files on their way, what is on disk of each, where finished ones came from; and which models another program has. */
export const downloads: Migration = { version: 16, name: 'downloads', up: (db) => db.exec(SQL) };
