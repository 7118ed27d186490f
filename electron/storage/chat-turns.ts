import { beginningRow } from './beginning-row.ts';
import { say } from '../contract/sentences/index.ts';
import type { Database } from '../../native/sqlite/index.ts';
import type { Message } from '../contract/entities/chat.ts';
import type { Fault } from '../contract/faults.ts';
import { refuse } from '../contract/faults.ts';
import { readConversation, readMessage, readTurn } from './chat-rows.ts';
import { needPlace, placeUnder, type Place } from './chat-lines.ts';
import { insertConversation, moveHead } from './chat-conversations.ts';
import { dropQueuedReply } from './chat-drop.ts';
import { missing } from './faults.ts';
import { bit, integer, text } from './row.ts';
import { createIndexQueue, indexText, type AddText } from './search-index.ts';
import type { ChatWriter, TurnBegin, TurnEnd } from './store.ts';
import type { PrepareTrace } from './prepare-trace.ts';
import { insertUsage, savePayload, saveTraceRow } from './trace-rows.ts';

/** Said on replies that a dead process left unfinished. */
export const INTERRUPTED: Fault = {
  code: 'internal',
  origin: 'infrastructure',
  recoverable: true,
  detail: say('said.engine.interrupted'),
};

type TurnWriter = Pick<
  ChatWriter,
  'beginTurn' | 'startReply' | 'checkpoint' | 'endTurn' | 'saveSummary' | 'dropQueued' | 'closeInterrupted'
>;

/** What turns store: each function is one short transaction. */
export function createTurnWriter(db: Database, prepare: PrepareTrace, keepsTraces = () => true): TurnWriter {
  return {
    beginTurn: (begin, trace = 'with') =>
      db.write(() => {
        if (trace === 'follows') return beginTurn(db, begin, false);
        return beginTurn(db, { ...begin, trace: prepare(begin.trace) }, keepsTraces());
      }),
    startReply: (replyId) =>
      void db.write(() =>
        db.run(`UPDATE messages SET status = 'streaming' WHERE id = ? AND status = 'queued'`, replyId),
      ),
    checkpoint: (replyId, reply) =>
      void db.write(() =>
        db.run(`UPDATE messages SET text = ? WHERE id = ? AND status IN ('streaming', 'queued')`, reply, replyId),
      ),
    endTurn: (end, trace = 'with') =>
      db.write(() => {
        if (trace === 'follows') return endTurn(db, { ...end, usages: [] }, false);
        return endTurn(db, { ...end, trace: prepare(end.trace) }, keepsTraces());
      }),
    saveSummary: ({ messageId, text: words, modelId, modelName, createdAt }) =>
      void db.write(() =>
        db.run(
          `INSERT OR REPLACE INTO summaries (message_seq, conversation_seq, model_id, model_name, created_at, text)
           SELECT seq, conversation_seq, ?, ?, ?, ? FROM messages WHERE id = ?`,
          modelId,
          modelName,
          createdAt,
          words,
          messageId,
        ),
      ),
    dropQueued: (replyId) => db.write(() => dropQueuedReply(db, replyId)),
    closeInterrupted: (at) => db.write(() => closeInterrupted(db, at, keepsTraces() ? prepare : null)),
  };
}

/** A message to be put into the tree. `at`: epoch ms. */
export interface NewMessage {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly status: Message['status'];
  readonly turnId: string;
  readonly at: number;
  readonly text: string;
}

/** Puts one message under its parent and returns where it stands. */
export function insertMessage(db: Database, conversationSeq: number, parent: Place | null, message: NewMessage): Place {
  const { line, depth } = placeUnder(db, conversationSeq, parent);
  const made = db.get(
    `INSERT INTO messages (id, conversation_seq, parent_seq, role, status, turn_id, depth, line, created_at, text)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
    message.id,
    conversationSeq,
    parent?.seq ?? null,
    message.role,
    message.status,
    message.turnId,
    depth,
    line,
    message.at,
    message.text,
  );
  return { seq: integer(made, 'seq'), conversationSeq, parentSeq: parent?.seq ?? null, line, depth };
}

function beginTurn(db: Database, begin: TurnBegin, traced: boolean): ReturnType<ChatWriter['beginTurn']> {
  // Texts are indexed last: see createIndexQueue.
  const words = createIndexQueue(db);
  const conversationSeq = openConversation(db, begin, words.add);
  const user = begin.userMessage;
  const inside = (messageId: string): Place => {
    const place = needPlace(db, messageId);
    if (place.conversationSeq !== conversationSeq) throw refuse(say('app.message.elsewhere'));
    return place;
  };
  if (user) {
    const parent = user.parentId === null ? null : inside(user.parentId);
    const message = { id: user.id, turnId: begin.turnId, at: begin.at, text: user.text };
    const place = insertMessage(db, conversationSeq, parent, { ...message, role: 'user', status: 'complete' });
    words.add('messages_fts', place.seq, user.text);
  }
  const reply = insertMessage(db, conversationSeq, inside(begin.replyParentId), {
    id: begin.replyId,
    role: 'assistant',
    status: begin.replyStatus,
    turnId: begin.turnId,
    at: begin.at,
    text: '',
  });
  db.run(
    'INSERT INTO replies (message_seq, trace_id, prompt_version_id) VALUES (?, ?, ?)',
    reply.seq,
    begin.traceId,
    begin.promptVersionId,
  );
  if (traced) saveTraceRow(db, begin.trace, words.add);
  moveHead(db, conversationSeq, begin.replyId, user ? 2 : 1, begin.at);
  if (user) db.run('DELETE FROM drafts WHERE conversation_id = ?', begin.conversation.id);
  words.flush();
  return {
    conversation: readConversation(db, conversationSeq),
    ...readTurn(db, begin.replyParentId, begin.replyId),
  };
}

function openConversation(db: Database, begin: TurnBegin, addText: AddText): number {
  const { id } = begin.conversation;
  const known = db.get('SELECT seq, deleted_at AS deletedAt FROM conversations WHERE id = ?', id);
  if (known && known['deletedAt'] !== null) throw missing('conversation', id);
  if (known) return integer(known, 'seq');
  // The text was written before the conversation had a draft of its own.
  db.run(`DELETE FROM drafts WHERE conversation_id = ''`);
  return insertConversation(db, { ...begin.conversation, at: begin.at }, addText);
}

const END_REPLY = `UPDATE replies SET trace_id = ?, model_id = ?, model_name = ?, route = ?, degraded = ?, degraded_reason = ?,
  prompt_version_id = ?, tokens_in = ?, tokens_cached = ?, tokens_out = ?, context_tokens = ?, first_token_ms = ?,
  duration_ms = ?, tokens_per_second = ?, cost_usd = ?, finish_reason = ?, fault = ? WHERE message_seq = ?`;

/** Writes what is pinned to a reply; its rating lives in `feedback`. */
export function updateReply(db: Database, messageSeq: number, reply: TurnEnd['reply']): void {
  db.run(
    END_REPLY,
    reply.traceId,
    reply.modelId,
    reply.modelName,
    reply.route,
    bit(reply.degraded),
    reply.degradedReason,
    reply.promptVersionId,
    reply.tokensIn,
    reply.tokensCached,
    reply.tokensOut,
    reply.contextTokens,
    reply.firstTokenMs,
    reply.durationMs,
    reply.tokensPerSecond,
    reply.costUsd,
    reply.finishReason,
    reply.fault && JSON.stringify(reply.fault),
    messageSeq,
  );
}

function endTurn(db: Database, end: TurnEnd, traced: boolean): ReturnType<ChatWriter['endTurn']> {
  const place = needPlace(db, end.replyId);
  db.run('UPDATE messages SET status = ?, text = ? WHERE seq = ?', end.status, end.text, place.seq);
  updateReply(db, place.seq, end.reply);
  if (traced) savePayload(db, saveTraceRow(db, end.trace), end.decision, end.spans);
  insertUsage(db, end.usages);
  db.run('UPDATE conversations SET updated_at = max(updated_at, ?) WHERE seq = ?', end.at, place.conversationSeq);
  indexText(db, 'messages_fts', place.seq, end.text);
  return { conversation: readConversation(db, place.conversationSeq), message: readMessage(db, end.replyId) };
}

/** A trace follows the end of its turn by a moment. Where the process was killed in it, the reply says how it went. */
const END_LIKE_REPLY = `UPDATE traces SET
    status = CASE WHEN r.fault IS NOT NULL THEN 'failed' WHEN m.status = 'stopped' THEN 'stopped' ELSE 'ok' END,
    fault_code = json_extract(r.fault, '$.code'), fault_origin = json_extract(r.fault, '$.origin'),
    duration_ms = r.duration_ms, model_id = r.model_id, model_name = r.model_name, route = r.route, degraded = r.degraded,
    tokens_in = r.tokens_in, tokens_cached = r.tokens_cached, tokens_out = r.tokens_out, first_token_ms = r.first_token_ms,
    tokens_per_second = r.tokens_per_second, cost_usd = r.cost_usd
  FROM replies r JOIN messages m ON m.seq = r.message_seq
  WHERE r.trace_id = traces.id AND traces.status = 'running' AND r.finish_reason IS NOT NULL`;

/** Turns that were alive and have no trace: a process that is killed soon after a turn began has not stored one. */
const ALIVE_UNTRACED = `SELECT r.trace_id AS traceId, m.turn_id AS turnId, c.id AS conversationId, m.id AS replyId,
    m.created_at AS startedAt, c.private, r.prompt_version_id AS promptVersionId, p.text AS question
  FROM messages m JOIN replies r ON r.message_seq = m.seq JOIN conversations c ON c.seq = m.conversation_seq
  JOIN messages p ON p.seq = m.parent_seq
  WHERE m.status IN ('queued', 'streaming') AND NOT EXISTS (SELECT 1 FROM traces t WHERE t.id = r.trace_id)`;

function traceAlive(db: Database, prepare: PrepareTrace): void {
  for (const row of db.all(ALIVE_UNTRACED)) {
    const begun = beginningRow({
      traceId: text(row, 'traceId'),
      turnId: text(row, 'turnId'),
      conversationId: text(row, 'conversationId'),
      replyId: text(row, 'replyId'),
      startedAt: integer(row, 'startedAt'),
      // Where it was asked died with the process: nearly always the window.
      source: 'app',
      private: row['private'] === 1,
      promptVersionId: row['promptVersionId'] === null ? null : text(row, 'promptVersionId'),
      question: text(row, 'question'),
    });
    saveTraceRow(db, prepare(begun));
  }
}

/** `prepare` null = no traces are kept. */
function closeInterrupted(db: Database, at: number, prepare: PrepareTrace | null): number {
  if (prepare) traceAlive(db, prepare);
  db.run(END_LIKE_REPLY);
  const live = db.all(`SELECT seq, text FROM messages WHERE status IN ('queued', 'streaming')`);
  for (const row of live) {
    const seq = integer(row, 'seq');
    const kept = text(row, 'text');
    db.run('UPDATE messages SET status = ? WHERE seq = ?', kept === '' ? 'failed' : 'partial', seq);
    const sql = `UPDATE replies SET finish_reason = 'fault', fault = ? WHERE message_seq = ?`;
    db.run(sql, JSON.stringify(INTERRUPTED), seq);
    indexText(db, 'messages_fts', seq, kept);
  }
  db.run(
    `UPDATE traces SET status = 'failed', fault_code = ?, fault_origin = ?, duration_ms = max(0, ? - started_at)
     WHERE status = 'running'`,
    INTERRUPTED.code,
    INTERRUPTED.origin,
    at,
  );
  return live.length;
}
