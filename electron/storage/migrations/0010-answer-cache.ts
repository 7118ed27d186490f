import type { Migration } from './migration.ts';

// The index by time covers the size, so that the bound is checked without reading an answer.
const SQL = `
CREATE TABLE exact_answers (
  seq INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  stored_at INTEGER NOT NULL,
  size INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX exact_answers_by_time ON exact_answers (stored_at, size);

CREATE TABLE semantic_answers (
  seq INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  question TEXT NOT NULL,
  vector BLOB NOT NULL,
  stored_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX semantic_answers_by_fingerprint ON semantic_answers (fingerprint, stored_at);

CREATE TABLE semantic_evidence (
  seq INTEGER PRIMARY KEY,
  embedder TEXT NOT NULL,
  similarity REAL NOT NULL,
  wrong INTEGER NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX semantic_evidence_by_embedder ON semantic_evidence (embedder);
`;

/** Answers that may be given again, and what was seen of how often that is wrong. Nothing here cannot be lost. */
export const answerCache: Migration = { version: 10, name: 'answer cache', up: (db) => db.exec(SQL) };
