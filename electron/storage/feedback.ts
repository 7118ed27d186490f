import { say } from '../contract/sentences/index.ts';
import type { Database, Row, SqlValue } from '../../native/sqlite/index.ts';
import { feedback, type Feedback } from '../contract/entities/chat.ts';
import { refuse } from '../contract/faults.ts';
import { needPlace } from './chat-lines.ts';
import { missing } from './faults.ts';
import { entity, integer, text } from './row.ts';
import type { FeedbackReader, FeedbackWriter } from './store.ts';

const FROM = `FROM feedback f
  JOIN messages m ON m.seq = f.message_seq
  JOIN conversations c ON c.seq = m.conversation_seq AND c.deleted_at IS NULL
  JOIN replies r ON r.message_seq = m.seq
  LEFT JOIN messages q ON q.seq = m.parent_seq`;
const SELECT = `SELECT f.id, m.id AS messageId, c.id AS conversationId, r.trace_id AS traceId, f.rating, f.reason, f.note,
  r.model_id AS modelId, r.model_name AS modelName, r.prompt_version_id AS promptVersionId, r.route,
  substr(coalesce(q.text, ''), 1, 200) AS question, substr(m.text, 1, 200) AS answer, f.created_at AS createdAt ${FROM}`;

/** The one way from a feedback row to its entity. */
const feedbackFromRow = (row: Row): Feedback => entity(feedback, row, 'feedback');

/** Ratings of replies, with what the reply was written with. Those of deleted conversations are left out. */
export function createFeedback(db: Database): FeedbackReader & FeedbackWriter {
  return {
    list: (filter, limit) => {
      const { where, params } = conditions(filter);
      const rated = filter.rating ? ' AND f.rating = ?' : '';
      const rows = db.all(
        `${SELECT} WHERE ${where}${rated} ORDER BY f.created_at DESC, f.seq DESC LIMIT ?`,
        ...params,
        ...(filter.rating ? [filter.rating] : []),
        limit,
      );
      const counts = db.get(
        `SELECT count(*) FILTER (WHERE f.rating = 'up') AS up, count(*) FILTER (WHERE f.rating = 'down') AS down
         ${FROM} WHERE ${where}`,
        ...params,
      );
      return { items: rows.map(feedbackFromRow), upCount: integer(counts, 'up'), downCount: integer(counts, 'down') };
    },
    give: (input) => db.write(() => give(db, input)),
    remove: (messageId) =>
      db.write(() => {
        const { seq } = needPlace(db, messageId);
        db.run('DELETE FROM feedback WHERE message_seq = ?', seq);
        rateTrace(db, seq, null);
      }),
  };
}

function conditions(filter: Parameters<FeedbackReader['list']>[0]): { where: string; params: SqlValue[] } {
  const parts = ['TRUE'];
  const params: SqlValue[] = [];
  if (filter.modelId !== undefined) {
    parts.push('r.model_id = ?');
    params.push(filter.modelId);
  }
  if (filter.promptVersionId !== undefined) {
    parts.push('r.prompt_version_id = ?');
    params.push(filter.promptVersionId);
  }
  const typed = filter.text?.trim() ?? '';
  if (typed !== '') {
    parts.push(`(f.note LIKE ? ESCAPE '\\' OR q.text LIKE ? ESCAPE '\\' OR m.text LIKE ? ESCAPE '\\')`);
    const like = `%${typed.replaceAll(/[\\%_]/g, '\\$&')}%`;
    params.push(like, like, like);
  }
  return { where: parts.join(' AND '), params };
}

function give(db: Database, input: Parameters<FeedbackWriter['give']>[0]): Feedback {
  const { seq } = needPlace(db, input.messageId);
  if (!db.get('SELECT 1 AS one FROM replies WHERE message_seq = ?', seq)) throw refuse(say('app.rating.not_question'));
  insertFeedback(db, seq, input);
  const row = db.get(`${SELECT} WHERE f.message_seq = ?`, seq);
  if (!row) throw missing('message', input.messageId);
  return feedbackFromRow(row);
}

/** One rating a reply: a second one replaces the first. The trace's row says it too, for its filters. */
export function insertFeedback(
  db: Database,
  messageSeq: number,
  input: Omit<Parameters<FeedbackWriter['give']>[0], 'messageId'>,
): void {
  db.run(
    `INSERT INTO feedback (id, message_seq, rating, reason, note, created_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (message_seq) DO UPDATE SET id = excluded.id, rating = excluded.rating, reason = excluded.reason,
     note = excluded.note, created_at = excluded.created_at`,
    input.id,
    messageSeq,
    input.rating,
    input.reason,
    input.note,
    input.at,
  );
  rateTrace(db, messageSeq, input.rating);
}

function rateTrace(db: Database, messageSeq: number, rating: string | null): void {
  const reply = db.get('SELECT trace_id AS traceId FROM replies WHERE message_seq = ?', messageSeq);
  if (reply) db.run('UPDATE traces SET rating = ? WHERE id = ?', rating, text(reply, 'traceId'));
}
