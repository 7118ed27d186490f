import { say } from '../contract/sentences/index.ts';
import type { Database } from '../../native/sqlite/index.ts';
import type { Conversation } from '../contract/entities/chat.ts';
import { findPlace, needPlace, newestLeafId, placeUnder, removeEmptyLines, type Place } from './chat-lines.ts';
import { readConversation } from './chat-rows.ts';
import { refuse } from '../contract/faults.ts';
import { integer, integerOrNull, text } from './row.ts';
import { unindexText } from './search-index.ts';
import { removeTraces } from './trace-rows.ts';

/**
 * Takes a queued reply back, with its user message when the same turn wrote it. What was queued behind moves up: below the reply that this one was to stand
 * beside, where it was asked for again.
 */
export function dropQueuedReply(db: Database, replyId: string): Conversation {
  const reply = needPlace(db, replyId);
  const turn = db.get('SELECT status, turn_id AS turnId FROM messages WHERE seq = ?', reply.seq);
  if (turn?.['status'] !== 'queued') throw refuse(say('app.turn.started'), 'conflict');
  const dropped = [reply.seq];
  let above = reply.parentSeq;
  const question = db.get(
    'SELECT seq, parent_seq AS parentSeq, turn_id AS turnId, role FROM messages WHERE seq = ?',
    above,
  );
  const others = db.get('SELECT 1 AS one FROM messages WHERE parent_seq = ? AND seq <> ?', above, reply.seq);
  if (question && !others && question['role'] === 'user' && question['turnId'] === turn['turnId']) {
    dropped.push(integer(question, 'seq'));
    above = integerOrNull(question, 'parentSeq');
  }
  const head = text(
    db.get('SELECT head_message_id AS id FROM conversations WHERE seq = ?', reply.conversationSeq),
    'id',
  );
  const behind = subtree(db, reply.seq);
  const beside = dropped.length > 1 ? undefined : db.get(REPLY_BEFORE, above, reply.seq);
  db.run('UPDATE messages SET parent_seq = ? WHERE parent_seq = ?', integerOrNull(beside, 'seq') ?? above, reply.seq);
  removeTraces(db, 'id = (SELECT trace_id FROM replies WHERE message_seq = ?)', reply.seq);
  for (const seq of dropped) {
    unindexText(db, 'messages_fts', seq);
    db.run('DELETE FROM messages WHERE seq = ?', seq);
  }
  for (const seq of behind) replace(db, seq);
  removeEmptyLines(db, reply.conversationSeq);
  const headId = findPlace(db, head) ? head : leafAt(db, above);
  db.run(
    'UPDATE conversations SET head_message_id = ?, message_count = message_count - ? WHERE seq = ?',
    headId,
    dropped.length,
    reply.conversationSeq,
  );
  return readConversation(db, reply.conversationSeq);
}

/** The reply to the same question that was there before. */
const REPLY_BEFORE = `SELECT max(seq) AS seq FROM messages WHERE parent_seq = ? AND seq < ? AND role = 'assistant'`;

/** Everything below a message, parents before children. */
const subtree = (db: Database, seq: number): number[] =>
  db
    .all(
      `WITH RECURSIVE below (seq, depth) AS (
         SELECT seq, depth FROM messages WHERE parent_seq = ?
         UNION ALL SELECT m.seq, m.depth FROM below b JOIN messages m ON m.parent_seq = b.seq
       ) SELECT seq FROM below ORDER BY depth, seq`,
      seq,
    )
    .map((row) => integer(row, 'seq'));

/** Gives a message the line and depth that its parent's new ones lead to. */
function replace(db: Database, seq: number): void {
  const row = db.get(
    'SELECT parent_seq AS parentSeq, conversation_seq AS conversationSeq FROM messages WHERE seq = ?',
    seq,
  );
  const parent = placeOf(db, integerOrNull(row, 'parentSeq'));
  const { line, depth } = placeUnder(db, integer(row, 'conversationSeq'), parent);
  db.run('UPDATE messages SET line = ?, depth = ? WHERE seq = ?', line, depth, seq);
}

function placeOf(db: Database, seq: number | null): Place | null {
  const row = seq === null ? undefined : db.get('SELECT id FROM messages WHERE seq = ?', seq);
  return row ? findPlace(db, text(row, 'id')) : null;
}

function leafAt(db: Database, seq: number | null): string | null {
  const place = placeOf(db, seq);
  return place && newestLeafId(db, place);
}
