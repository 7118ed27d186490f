import type { Migration } from './migration.ts';

// `line`: a run of messages in which each continues the one before. A second child of a message starts a new line, so a
// path from root to leaf is a few ranges of (line, depth) instead of a walk over every message.
const SQL = `
CREATE TABLE folders (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  position REAL NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE conversations (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  title_source TEXT NOT NULL CHECK (title_source IN ('auto', 'user')),
  folder_id TEXT REFERENCES folders (id) ON DELETE SET NULL,
  pinned INTEGER NOT NULL DEFAULT 0,
  private INTEGER NOT NULL DEFAULT 0,
  system_prompt TEXT,
  prompt_id TEXT,
  sampling TEXT NOT NULL DEFAULT '{}',
  route TEXT NOT NULL,
  head_message_id TEXT,
  message_count INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT;
CREATE INDEX conversations_by_update ON conversations (updated_at) WHERE deleted_at IS NULL;
CREATE INDEX conversations_by_folder ON conversations (folder_id) WHERE folder_id IS NOT NULL;
CREATE INDEX conversations_deleted ON conversations (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE lines (
  id INTEGER PRIMARY KEY,
  conversation_seq INTEGER NOT NULL REFERENCES conversations (seq) ON DELETE CASCADE,
  parent_line INTEGER REFERENCES lines (id),
  start_depth INTEGER NOT NULL
) STRICT;
CREATE INDEX lines_by_parent ON lines (parent_line, start_depth);
CREATE INDEX lines_by_conversation ON lines (conversation_seq);

CREATE TABLE messages (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  conversation_seq INTEGER NOT NULL REFERENCES conversations (seq) ON DELETE CASCADE,
  parent_seq INTEGER REFERENCES messages (seq),
  role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
  status TEXT NOT NULL,
  turn_id TEXT NOT NULL,
  depth INTEGER NOT NULL,
  line INTEGER NOT NULL REFERENCES lines (id) DEFERRABLE INITIALLY DEFERRED,
  created_at INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX messages_by_line ON messages (line, depth);
CREATE INDEX messages_by_parent ON messages (parent_seq) WHERE parent_seq IS NOT NULL;
CREATE INDEX messages_roots ON messages (conversation_seq) WHERE parent_seq IS NULL;
CREATE INDEX messages_by_conversation ON messages (conversation_seq, depth);
CREATE INDEX messages_live ON messages (status) WHERE status IN ('queued', 'streaming');

CREATE TABLE replies (
  message_seq INTEGER PRIMARY KEY REFERENCES messages (seq) ON DELETE CASCADE,
  trace_id TEXT NOT NULL,
  model_id TEXT,
  model_name TEXT,
  route TEXT,
  degraded INTEGER NOT NULL DEFAULT 0,
  degraded_reason TEXT,
  prompt_version_id TEXT,
  tokens_in INTEGER NOT NULL DEFAULT 0,
  tokens_cached INTEGER NOT NULL DEFAULT 0,
  tokens_out INTEGER NOT NULL DEFAULT 0,
  context_tokens INTEGER,
  first_token_ms REAL,
  duration_ms REAL,
  tokens_per_second REAL,
  cost_usd REAL NOT NULL DEFAULT 0,
  finish_reason TEXT,
  fault TEXT
) STRICT;
CREATE INDEX replies_by_prompt_version ON replies (prompt_version_id) WHERE prompt_version_id IS NOT NULL;

CREATE TABLE drafts (
  conversation_id TEXT NOT NULL PRIMARY KEY,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Conversations, folders, the message tree, what is pinned to replies, drafts. */
export const chat: Migration = { version: 1, name: 'chat', up: (db) => db.exec(SQL) };
