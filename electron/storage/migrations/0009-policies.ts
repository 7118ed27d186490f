import type { Migration } from './migration.ts';

const SQL = `
CREATE TABLE policy_versions (
  name TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  text TEXT NOT NULL,
  note TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (name, number)
) STRICT;
CREATE TRIGGER policy_versions_are_never_changed BEFORE UPDATE ON policy_versions
  BEGIN SELECT RAISE (ABORT, 'a policy version never changes'); END;
CREATE TRIGGER policy_versions_are_never_deleted BEFORE DELETE ON policy_versions
  BEGIN SELECT RAISE (ABORT, 'a policy version never changes'); END;
`;

/** Versions of a person's own policies. */
export const policies: Migration = { version: 9, name: 'policies', up: (db) => db.exec(SQL) };
