import type { Migration } from './migration.ts';

const SQL = `
CREATE TABLE egress (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  host TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  model_id TEXT,
  purpose TEXT NOT NULL,
  conversation_id TEXT,
  trace_id TEXT,
  bytes_out INTEGER NOT NULL,
  bytes_in INTEGER NOT NULL,
  status INTEGER,
  duration_ms REAL NOT NULL,
  ended INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX egress_by_conversation ON egress (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE TABLE egress_total (one INTEGER PRIMARY KEY CHECK (one = 1), bytes_out INTEGER NOT NULL) STRICT;
INSERT INTO egress_total VALUES (1, 0);
CREATE TRIGGER egress_is_summed AFTER INSERT ON egress
  BEGIN UPDATE egress_total SET bytes_out = bytes_out + new.bytes_out; END;
CREATE TRIGGER egress_end_is_summed AFTER UPDATE ON egress
  BEGIN UPDATE egress_total SET bytes_out = bytes_out + new.bytes_out - old.bytes_out; END;
CREATE TRIGGER egress_ends_once BEFORE UPDATE ON egress
  WHEN old.ended = 1 OR new.ended = 0 OR new.seq <> old.seq OR new.id <> old.id OR new.at <> old.at OR new.host <> old.host
    OR new.method <> old.method OR new.path <> old.path OR new.provider_id <> old.provider_id
    OR new.conversation_id IS NOT old.conversation_id OR new.trace_id IS NOT old.trace_id
  BEGIN SELECT RAISE (ABORT, 'the egress log is append-only'); END;
CREATE TRIGGER egress_is_never_deleted BEFORE DELETE ON egress
  BEGIN SELECT RAISE (ABORT, 'the egress log is append-only'); END;
`;

/** Every request that left the machine: written before it goes, completed once when it is over, never removed. */
export const egress: Migration = { version: 8, name: 'egress', up: (db) => db.exec(SQL) };
