import type { Migration } from './migration.ts';

const SQL = `
CREATE TABLE prompts (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE prompt_versions (
  id TEXT NOT NULL PRIMARY KEY,
  prompt_id TEXT NOT NULL REFERENCES prompts (id),
  number INTEGER NOT NULL CHECK (number > 0),
  text TEXT NOT NULL,
  note TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (prompt_id, number)
) STRICT;
CREATE TRIGGER prompt_versions_are_never_changed BEFORE UPDATE ON prompt_versions
  BEGIN SELECT RAISE (ABORT, 'a prompt version never changes'); END;
CREATE TRIGGER prompt_versions_are_never_deleted BEFORE DELETE ON prompt_versions
  BEGIN SELECT RAISE (ABORT, 'a prompt version never changes'); END;

CREATE TABLE prompt_labels (
  prompt_id TEXT NOT NULL REFERENCES prompts (id),
  label TEXT NOT NULL,
  version_id TEXT NOT NULL REFERENCES prompt_versions (id),
  PRIMARY KEY (prompt_id, label)
) STRICT, WITHOUT ROWID;
`;

/** Prompts, their immutable versions, and the labels that point at them. */
export const prompts: Migration = { version: 4, name: 'prompts', up: (db) => db.exec(SQL) };
