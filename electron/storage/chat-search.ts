import type { Database } from '../../native/sqlite/index.ts';
import { searchHit, type SearchHit } from '../contract/entities/chat.ts';
import { entity, text } from './row.ts';
import { isDamage } from './health.ts';
import { markSearchDamaged, rebuildSearchIndexes } from './search-index.ts';
import { searchQuery, type SearchQuery } from './search-text.ts';
import { snippet } from './snippet.ts';

// CROSS JOIN keeps the index outermost: it yields newest first and stops at the limit, however common the word is.
const TITLES = `SELECT c.id AS conversationId, c.title, c.updated_at AS createdAt
  FROM titles_fts CROSS JOIN conversations c ON c.seq = titles_fts.rowid
  WHERE titles_fts MATCH ? AND c.deleted_at IS NULL ORDER BY titles_fts.rowid DESC LIMIT ?`;
const MESSAGES = `SELECT c.id AS conversationId, c.title, m.id AS messageId, m.created_at AS createdAt, m.text
  FROM messages_fts CROSS JOIN messages m ON m.seq = messages_fts.rowid JOIN conversations c ON c.seq = m.conversation_seq
  WHERE messages_fts MATCH ? AND c.deleted_at IS NULL ORDER BY messages_fts.rowid DESC LIMIT ?`;

/** Titles first, then messages, each newest first. Every term must occur; words match by their beginning. */
export function searchChats(db: Database, typed: string, limit: number): SearchHit[] {
  const query = searchQuery(typed);
  if (!query || limit < 1) return [];
  try {
    return find(db, query, limit);
  } catch (error) {
    if (!isDamage(error) || db.readOnly) throw error;
    repair(db);
    return find(db, query, limit);
  }
}

/** The index holds nothing that cannot be made again from the messages. */
function repair(db: Database): void {
  try {
    rebuildSearchIndexes(db);
  } catch (error) {
    markSearchDamaged(db);
    throw error;
  }
}

function find(db: Database, query: SearchQuery, limit: number): SearchHit[] {
  const hits = db
    .all(TITLES, query.match, limit)
    .map((row) =>
      entity(searchHit, { ...row, messageId: null, snippet: snippet(text(row, 'title'), query) }, 'conversations'),
    );
  const left = limit - hits.length;
  if (left === 0) return hits;
  const found = db
    .all(MESSAGES, query.match, left)
    .map((row) => entity(searchHit, { ...row, snippet: snippet(text(row, 'text'), query) }, 'messages'));
  return [...hits, ...found];
}
