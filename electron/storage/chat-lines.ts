import type { Database } from '../../native/sqlite/index.ts';
import { integer, integerOrNull, text } from './row.ts';
import { missing } from './faults.ts';

/** Where a message stands in the tree. `line` and `depth` together name it; see migration 0001. */
export interface Place {
  readonly seq: number;
  readonly conversationSeq: number;
  readonly parentSeq: number | null;
  readonly line: number;
  readonly depth: number;
}

/** A piece of a branch: messages of one line with depths from `from` to `to`, both included. */
export interface Segment {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

/** Null when there is no such message. */
export function findPlace(db: Database, messageId: string): Place | null {
  const row = db.get(
    'SELECT seq, conversation_seq AS conversationSeq, parent_seq AS parentSeq, line, depth FROM messages WHERE id = ?',
    messageId,
  );
  return row
    ? {
        seq: integer(row, 'seq'),
        conversationSeq: integer(row, 'conversationSeq'),
        parentSeq: integerOrNull(row, 'parentSeq'),
        line: integer(row, 'line'),
        depth: integer(row, 'depth'),
      }
    : null;
}

/** Refuses an id that is not there. */
export function needPlace(db: Database, messageId: string): Place {
  const place = findPlace(db, messageId);
  if (!place) throw missing('message', messageId);
  return place;
}

/** The pieces of the branch that ends at `end`, oldest first, down to depth `from`. */
export function segmentsTo(db: Database, end: { line: number; depth: number }, from: number): Segment[] {
  const segments: Segment[] = [];
  let line: number | null = end.line;
  let to = end.depth;
  while (line !== null && to >= from) {
    const row = db.get('SELECT parent_line AS parentLine, start_depth AS startDepth FROM lines WHERE id = ?', line);
    const start = integer(row, 'startDepth');
    segments.push({ line, from: Math.max(start, from), to });
    line = integerOrNull(row, 'parentLine');
    to = start - 1;
  }
  return segments.reverse();
}

/** Line and depth for a new child of `parent` (null: a first message): it continues its parent's line when that ends there. */
export function placeUnder(
  db: Database,
  conversationSeq: number,
  parent: { line: number; depth: number } | null,
): { line: number; depth: number } {
  const depth = parent ? parent.depth + 1 : 0;
  if (parent && !db.get('SELECT 1 AS taken FROM messages WHERE line = ? AND depth = ?', parent.line, depth))
    return { line: parent.line, depth };
  const made = db.get(
    'INSERT INTO lines (conversation_seq, parent_line, start_depth) VALUES (?, ?, ?) RETURNING id',
    conversationSeq,
    parent?.line ?? null,
    depth,
  );
  return { line: integer(made, 'id'), depth };
}

/** The newest message without children at or below a message. The last message of each line is such a leaf. */
export function newestLeafId(db: Database, at: Place): string {
  const row = db.get(
    `WITH RECURSIVE below (line) AS (
       SELECT ?
       UNION ALL SELECT id FROM lines WHERE parent_line = ? AND start_depth > ?
       UNION ALL SELECT l.id FROM below b JOIN lines l ON l.parent_line = b.line WHERE b.line <> ?
     )
     SELECT m.id FROM below b
     JOIN messages m ON m.seq = (SELECT seq FROM messages WHERE line = b.line ORDER BY depth DESC LIMIT 1)
     ORDER BY m.created_at DESC, m.seq DESC LIMIT 1`,
    at.line,
    at.line,
    at.depth,
    at.line,
  );
  return text(row, 'id');
}

/** Lines that lost their last message. */
export function removeEmptyLines(db: Database, conversationSeq: number): void {
  const sql = `DELETE FROM lines WHERE conversation_seq = ?
    AND NOT EXISTS (SELECT 1 FROM messages WHERE line = lines.id)
    AND NOT EXISTS (SELECT 1 FROM lines AS child WHERE child.parent_line = lines.id)`;
  while (db.run(sql, conversationSeq) > 0);
}
