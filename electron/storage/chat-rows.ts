import type { Database, Row } from '../../native/sqlite/index.ts';
import {
  conversation,
  folder,
  message,
  type Conversation,
  type Folder,
  type Message,
} from '../contract/entities/chat.ts';
import { damaged, missing } from './faults.ts';
import { entity, integer, integerOrNull, json, text } from './row.ts';

/** Columns of `conversations c` under the names of the entity. */
export const CONVERSATION_COLUMNS = `c.seq, c.id, c.title, c.title_source AS titleSource, c.folder_id AS folderId, c.pinned,
  c.private, c.system_prompt AS systemPrompt, c.prompt_id AS promptId, c.sampling, c.route,
  c.head_message_id AS headMessageId, c.message_count AS messageCount, c.created_at AS createdAt, c.updated_at AS updatedAt`;

/** The one way from a `conversations` row to its entity. */
export const conversationFromRow = (row: Row): Conversation =>
  entity(
    conversation,
    { ...row, pinned: row['pinned'] === 1, private: row['private'] === 1, sampling: json(row['sampling']) },
    'conversations',
  );

/** The one way from a `folders` row to its entity. */
export const folderFromRow = (row: Row): Folder => entity(folder, row, 'folders');

const REPLY_COLUMNS = `r.trace_id AS traceId, r.model_id AS modelId, r.model_name AS modelName, r.route, r.degraded,
  r.degraded_reason AS degradedReason, r.prompt_version_id AS promptVersionId, r.tokens_in AS tokensIn,
  r.tokens_cached AS tokensCached, r.tokens_out AS tokensOut, r.context_tokens AS contextTokens,
  r.first_token_ms AS firstTokenMs, r.duration_ms AS durationMs, r.tokens_per_second AS tokensPerSecond,
  r.cost_usd AS costUsd, r.finish_reason AS finishReason, r.fault, f.rating`;

/** Everything a message needs but its siblings. The caller adds WHERE over `m`. */
export const MESSAGE_SELECT = `SELECT m.seq, m.id, m.parent_seq AS parentSeq, m.conversation_seq AS conversationSeq,
  c.id AS conversationId, p.id AS parentId, m.role, m.status, m.turn_id AS turnId, m.depth, m.created_at AS createdAt,
  m.text, ${REPLY_COLUMNS}
  FROM messages m
  JOIN conversations c ON c.seq = m.conversation_seq
  LEFT JOIN messages p ON p.seq = m.parent_seq
  LEFT JOIN replies r ON r.message_seq = m.seq
  LEFT JOIN feedback f ON f.message_seq = m.seq`;

/** The reply part of a row as `replyInfo` wants it; null for user messages. Extra columns are left to the schema to drop. */
export const replyFields = (row: Row): Row | null =>
  row['traceId'] === null ? null : { ...row, degraded: row['degraded'] === 1, fault: json(row['fault']) };

/** The one way from `MESSAGE_SELECT` rows to entities; looks the siblings of all of them up at once. */
export function messagesFromRows(db: Database, rows: readonly Row[]): Message[] {
  const siblings = siblingsOf(db, rows);
  return rows.map((row) => {
    const siblingIds = siblings.get(siblingKey(row)) ?? [row['id']];
    return entity(message, { ...row, siblingIds, reply: replyFields(row) }, 'messages');
  });
}

/** Refuses an id that is not there. */
export function readMessage(db: Database, messageId: string): Message {
  const message = messagesFromRows(db, db.all(`${MESSAGE_SELECT} WHERE m.id = ?`, messageId))[0];
  if (!message) throw missing('message', messageId);
  return message;
}

/** Both messages of a turn in one reading. Refuses ids that are not there. */
export function readTurn(
  db: Database,
  userMessageId: string,
  replyId: string,
): { userMessage: Message; reply: Message } {
  const rows = db.all(`${MESSAGE_SELECT} WHERE m.id IN (?, ?)`, userMessageId, replyId);
  const messages = messagesFromRows(db, rows);
  const find = (messageId: string): Message => {
    const found = messages.find(({ id }) => id === messageId);
    if (!found) throw missing('message', messageId);
    return found;
  };
  return { userMessage: find(userMessageId), reply: find(replyId) };
}

/** Deleted ones included: a turn may end after its conversation was hidden. */
export function readConversation(db: Database, conversationSeq: number): Conversation {
  const row = db.get(`SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.seq = ?`, conversationSeq);
  if (!row) throw damaged('a message has no conversation');
  return conversationFromRow(row);
}

const siblingKey = (row: Row): number => integerOrNull(row, 'parentSeq') ?? -integer(row, 'conversationSeq');

function siblingsOf(db: Database, rows: readonly Row[]): Map<number, string[]> {
  const parents = rows.map((row) => integerOrNull(row, 'parentSeq')).filter((seq) => seq !== null);
  const found = db.all(
    `SELECT parent_seq AS parentSeq, id FROM messages
     WHERE parent_seq IN (SELECT value FROM json_each(?)) ORDER BY parent_seq, seq`,
    JSON.stringify(parents),
  );
  const root = rows.find((row) => row['parentSeq'] === null);
  if (root)
    found.push(
      ...db.all(
        `SELECT parent_seq AS parentSeq, id, conversation_seq AS conversationSeq FROM messages
         WHERE conversation_seq = ? AND parent_seq IS NULL ORDER BY seq`,
        integer(root, 'conversationSeq'),
      ),
    );
  const byParent = new Map<number, string[]>();
  for (const row of found) {
    const ids = byParent.get(siblingKey(row));
    if (ids) ids.push(text(row, 'id'));
    else byParent.set(siblingKey(row), [text(row, 'id')]);
  }
  return byParent;
}
