import type { Migration } from './migration.ts';

// A message has one path from the root, so a summary of all up to it needs no other name.
const SQL = `
CREATE TABLE summaries (
  message_seq INTEGER PRIMARY KEY REFERENCES messages (seq) ON DELETE CASCADE,
  conversation_seq INTEGER NOT NULL REFERENCES conversations (seq) ON DELETE CASCADE,
  model_id TEXT NOT NULL,
  model_name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX summaries_by_conversation ON summaries (conversation_seq);
`;

/** What stands for the older turns of long conversations. It can be made again. */
export const summaries: Migration = { version: 13, name: 'summaries', up: (db) => db.exec(SQL) };
