import type { Migration } from './migration.ts';

const SQL = `
CREATE TABLE feedback (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  message_seq INTEGER NOT NULL UNIQUE REFERENCES messages (seq) ON DELETE CASCADE,
  rating TEXT NOT NULL CHECK (rating IN ('up', 'down')),
  reason TEXT,
  note TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX feedback_by_time ON feedback (created_at);
`;

/** Ratings: at most one a reply. */
export const feedback: Migration = { version: 5, name: 'feedback', up: (db) => db.exec(SQL) };
