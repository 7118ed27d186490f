import type { Migration } from './migration.ts';

// traces.seq grows with started_at (see trace-key.ts): every index here is therefore newest-first for free.
const SQL = `
CREATE TABLE traces (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  turn_id TEXT,
  conversation_id TEXT,
  message_id TEXT,
  started_at INTEGER NOT NULL,
  duration_ms REAL,
  status TEXT NOT NULL,
  source TEXT NOT NULL,
  private INTEGER NOT NULL DEFAULT 0,
  model_id TEXT,
  model_name TEXT,
  route TEXT,
  degraded INTEGER NOT NULL DEFAULT 0,
  fault_code TEXT,
  fault_origin TEXT,
  prompt_version_id TEXT,
  tokens_in INTEGER NOT NULL DEFAULT 0,
  tokens_cached INTEGER NOT NULL DEFAULT 0,
  tokens_out INTEGER NOT NULL DEFAULT 0,
  first_token_ms REAL,
  tokens_per_second REAL,
  cost_usd REAL NOT NULL DEFAULT 0,
  rating TEXT,
  preview TEXT NOT NULL
) STRICT;
CREATE INDEX traces_by_conversation ON traces (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX traces_by_model ON traces (model_id);
CREATE INDEX traces_by_status ON traces (status);
CREATE INDEX traces_by_route ON traces (route);
CREATE INDEX traces_degraded ON traces (degraded) WHERE degraded = 1;
CREATE INDEX traces_by_fault ON traces (fault_code) WHERE fault_code IS NOT NULL;
CREATE INDEX traces_by_origin ON traces (fault_origin) WHERE fault_origin IS NOT NULL;
CREATE INDEX traces_by_rating ON traces (rating) WHERE rating IS NOT NULL;
CREATE INDEX traces_by_prompt_version ON traces (prompt_version_id) WHERE prompt_version_id IS NOT NULL;

CREATE TABLE trace_payloads (
  trace_seq INTEGER PRIMARY KEY REFERENCES traces (seq) ON DELETE CASCADE,
  body BLOB NOT NULL
) STRICT;

CREATE VIRTUAL TABLE traces_fts USING fts5 (
  text, content = '', contentless_delete = 1, prefix = '1 2',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So'"
);

CREATE TABLE usage (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  trace_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  model_id TEXT NOT NULL,
  tokens_in INTEGER NOT NULL,
  tokens_cached INTEGER NOT NULL,
  tokens_out INTEGER NOT NULL,
  cost_usd REAL NOT NULL
) STRICT;
CREATE INDEX usage_by_time ON usage (at);
CREATE TRIGGER usage_is_never_changed BEFORE UPDATE ON usage
  BEGIN SELECT RAISE (ABORT, 'the usage ledger is append-only'); END;
CREATE TRIGGER usage_is_never_deleted BEFORE DELETE ON usage
  BEGIN SELECT RAISE (ABORT, 'the usage ledger is append-only'); END;
`;

/** Traces with their payloads, and the append-only usage ledger. */
export const traces: Migration = { version: 3, name: 'traces', up: (db) => db.exec(SQL) };
