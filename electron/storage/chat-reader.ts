import type { Database, Row } from '../../native/sqlite/index.ts';
import { MESSAGE_STATUSES } from '../contract/names.ts';
import type { Message } from '../contract/entities/chat.ts';
import type { ChatReader } from './store.ts';
import { findPlace, needPlace, segmentsTo, type Segment } from './chat-lines.ts';
import {
  CONVERSATION_COLUMNS,
  conversationFromRow,
  folderFromRow,
  MESSAGE_SELECT,
  messagesFromRows,
} from './chat-rows.ts';
import { searchChats } from './chat-search.ts';
import { damaged, missing } from './faults.ts';
import { integer, text } from './row.ts';

const PATH_SELECT =
  'SELECT id, role, status, text FROM messages WHERE line = ? AND depth BETWEEN ? AND ? ORDER BY depth';

/** Everything the chat room reads. */
export function createChatReader(db: Database): ChatReader {
  return {
    list: () => ({
      conversations: db
        .all(
          `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.deleted_at IS NULL ORDER BY c.updated_at DESC, c.seq DESC`,
        )
        .map(conversationFromRow),
      folders: db
        .all('SELECT id, name, position, created_at AS createdAt FROM folders ORDER BY position, created_at, id')
        .map(folderFromRow),
    }),
    get: (conversationId) => {
      const row = findConversation(db, conversationId);
      return row && conversationFromRow(row);
    },
    isPrivate: (conversationId) =>
      db.get('SELECT private FROM conversations WHERE id = ?', conversationId)?.['private'] === 1,
    thread: (conversationId, fromIndex, limit) => readThread(db, conversationId, fromIndex, limit),
    message: (messageId) => messagesFromRows(db, db.all(`${MESSAGE_SELECT} WHERE m.id = ?`, messageId))[0] ?? null,
    path: (messageId, lastChars) => readPath(db, messageId, lastChars ?? Infinity),
    indexOf: (messageId) => needPlace(db, messageId).depth,
    search: (typed, limit) => searchChats(db, typed, limit),
    draft: (conversationId) => {
      const row = db.get('SELECT text FROM drafts WHERE conversation_id = ?', conversationId ?? '');
      return row ? text(row, 'text') : '';
    },
    summaries: (conversationId) =>
      db
        .all(
          `SELECT m.id AS messageId, s.text, s.model_id AS modelId, s.model_name AS modelName, s.created_at AS createdAt
           FROM summaries s JOIN messages m ON m.seq = s.message_seq
           WHERE s.conversation_seq = (SELECT seq FROM conversations WHERE id = ?)`,
          conversationId,
        )
        .map((row) => ({
          messageId: text(row, 'messageId'),
          text: text(row, 'text'),
          modelId: text(row, 'modelId'),
          modelName: text(row, 'modelName'),
          createdAt: integer(row, 'createdAt'),
        })),
    isEmpty: () => db.get('SELECT 1 AS some FROM messages LIMIT 1') === undefined,
  };
}

function findConversation(db: Database, conversationId: string): Row | null {
  const sql = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.id = ? AND c.deleted_at IS NULL`;
  return db.get(sql, conversationId) ?? null;
}

function readThread(
  db: Database,
  conversationId: string,
  fromIndex: number | null,
  limit: number,
): ReturnType<ChatReader['thread']> {
  const conversation = findConversation(db, conversationId);
  if (!conversation) throw missing('conversation', conversationId);
  const headId = conversation['headMessageId'];
  if (headId === null) return { total: 0, fromIndex: 0, messages: [] };
  const head = findPlace(db, text(conversation, 'headMessageId'));
  if (!head) throw damaged('the last message of a conversation is gone');
  const total = head.depth + 1;
  const from = Math.min(Math.max(fromIndex ?? total - limit, 0), total);
  const last = Math.min(from + limit, total) - 1;
  const rows = windowOf(segmentsTo(db, head, from), last).flatMap(({ line, from: low, to }) =>
    db.all(`${MESSAGE_SELECT} WHERE m.line = ? AND m.depth BETWEEN ? AND ? ORDER BY m.depth`, line, low, to),
  );
  return { total, fromIndex: from, messages: messagesFromRows(db, rows) };
}

const windowOf = (segments: readonly Segment[], last: number): Segment[] =>
  segments.filter(({ from }) => from <= last).map(({ line, from, to }) => ({ line, from, to: Math.min(to, last) }));

type PathEntry = ReturnType<ChatReader['path']>[number];

function readPath(db: Database, messageId: string, lastChars: number): PathEntry[] {
  const segments = segmentsTo(db, needPlace(db, messageId), 0);
  if (lastChars === Infinity)
    return segments.flatMap(({ line, from, to }) => db.all(PATH_SELECT, line, from, to).map(pathEntry));
  return newestWithin(db, segments, lastChars);
}

/** Reads backwards and stops when `lastChars` characters are together, so that a long history costs nothing. */
function newestWithin(db: Database, segments: readonly Segment[], lastChars: number): PathEntry[] {
  const newestFirst: PathEntry[] = [];
  let chars = 0;
  for (const { line, from, to } of segments.toReversed()) {
    for (const row of db.iterate(`${PATH_SELECT} DESC`, line, from, to)) {
      const entry = pathEntry(row);
      newestFirst.push(entry);
      chars += entry.text.length;
      if (chars >= lastChars) return newestFirst.reverse();
    }
  }
  return newestFirst.reverse();
}

function pathEntry(row: Row): PathEntry {
  const role = row['role'] === 'user' ? 'user' : 'assistant';
  return { id: text(row, 'id'), role, text: text(row, 'text'), status: status(row['status']) };
}

function status(value: unknown): Message['status'] {
  const known = MESSAGE_STATUSES.find((name) => name === value);
  if (!known) throw damaged('a message has an unknown status');
  return known;
}
