import type { Migration } from './migration.ts';

// Answers kept before do not say whose they are, so they go: nothing of them cannot be made again.
const SQL = `
DELETE FROM exact_answers;
DELETE FROM semantic_answers;
ALTER TABLE exact_answers ADD COLUMN conversation_id TEXT;
ALTER TABLE semantic_answers ADD COLUMN conversation_id TEXT;
CREATE INDEX exact_answers_by_conversation ON exact_answers (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX semantic_answers_by_conversation ON semantic_answers (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX semantic_answers_by_time ON semantic_answers (stored_at);
`;

/** A cached answer knows the conversation it was made in, and goes with it. */
export const cachedConversations: Migration = { version: 17, name: 'cached conversations', up: (db) => db.exec(SQL) };
