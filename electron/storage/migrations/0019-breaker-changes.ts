import type { Migration } from './migration.ts';

const SQL = `
CREATE TABLE breaker_changes (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  of TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL,
  because TEXT NOT NULL,
  until INTEGER
) STRICT;
CREATE INDEX breaker_changes_by_time ON breaker_changes (at);
CREATE INDEX breaker_changes_by_subject ON breaker_changes (of, subject, at);
`;

/** When breakers of models and providers opened and closed, and why. */
export const breakerChanges: Migration = { version: 19, name: 'breaker changes', up: (db) => db.exec(SQL) };
