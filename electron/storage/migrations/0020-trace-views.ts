import type { Migration } from './migration.ts';

const SQL = `
CREATE TABLE trace_views (
  name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
  query TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Filters of the trace list that a person gave a name to. */
export const traceViews: Migration = { version: 20, name: 'trace views', up: (db) => db.exec(SQL) };
