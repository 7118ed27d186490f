import type { Database, Row } from '../../native/sqlite/index.ts';
import {
  traceRow,
  usageEntry,
  type Decision,
  type Span,
  type TraceRow,
  type UsageEntry,
} from '../contract/entities/trace.ts';
import type { TraceContent } from '../contract/entities/trace-content.ts';
import { bit, entity, integer, integerOrNull } from './row.ts';
import { addNow, createIndexQueue, indexText, unindexText, type AddText } from './search-index.ts';
import { packPayload } from './trace-payload.ts';

/** Traces that can start within one millisecond before their keys spill into the next one. */
const KEYS_PER_MS = 1024;

/** The smallest `traces.seq` of a millisecond. Safe integers until the year 2248. */
export const firstTraceSeq = (at: number): number => at * KEYS_PER_MS;

/** Columns of `traces t` under the names of the entity. */
export const TRACE_COLUMNS = `t.seq, t.id, t.turn_id AS turnId, t.conversation_id AS conversationId, t.message_id AS messageId,
  t.started_at AS startedAt, t.duration_ms AS durationMs, t.status, t.source, t.private, t.model_id AS modelId,
  t.model_name AS modelName, t.route, t.degraded, t.fault_code AS faultCode, t.fault_origin AS faultOrigin,
  t.prompt_version_id AS promptVersionId, t.tokens_in AS tokensIn, t.tokens_cached AS tokensCached,
  t.tokens_out AS tokensOut, t.first_token_ms AS firstTokenMs, t.tokens_per_second AS tokensPerSecond,
  t.cost_usd AS costUsd, t.rating, t.preview`;

/** The one way from a `traces` row to its entity. */
export const traceFromRow = (row: Row): TraceRow =>
  entity(traceRow, { ...row, private: row['private'] === 1, degraded: row['degraded'] === 1 }, 'traces');

/** Columns of `usage` under the names of the entity. */
export const USAGE_COLUMNS = `id, trace_id AS traceId, at, model_id AS modelId, tokens_in AS tokensIn,
  tokens_cached AS tokensCached, tokens_out AS tokensOut, cost_usd AS costUsd, provider_id AS providerId,
  token_name AS tokenName, saved_usd AS savedUsd`;

/** The one way from a `usage` row to its entity. */
export const usageFromRow = (row: Row): UsageEntry => entity(usageEntry, row, 'usage');

const INSERT = `INSERT INTO traces (seq, started_at, id, turn_id, conversation_id, message_id, source, duration_ms, status, private,
  model_id, model_name, route, degraded, fault_code, fault_origin, prompt_version_id, tokens_in, tokens_cached, tokens_out,
  first_token_ms, tokens_per_second, cost_usd, rating, preview)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
// Columns that are indexed are not named: naming one writes its index anew, changed or not. A rating given while the reply was
// being written outlives the row that ends the trace.
const UPDATE = `UPDATE traces SET duration_ms = ?, status = ?, private = ?, model_id = ?, model_name = ?, route = ?, degraded = ?,
  fault_code = ?, fault_origin = ?, prompt_version_id = ?, tokens_in = ?, tokens_cached = ?, tokens_out = ?, first_token_ms = ?,
  tokens_per_second = ?, cost_usd = ?, rating = coalesce(?, rating), preview = ? WHERE seq = ?`;

/** What is said of a trace when it begins; the same at its end. */
const identity = (row: TraceRow) => [row.id, row.turnId, row.conversationId, row.messageId, row.source] as const;
const values = (row: TraceRow) =>
  [
    row.durationMs,
    row.status,
    bit(row.private),
    row.modelId,
    row.modelName,
    row.route,
    bit(row.degraded),
    row.faultCode,
    row.faultOrigin,
    row.promptVersionId,
    row.tokensIn,
    row.tokensCached,
    row.tokensOut,
    row.firstTokenMs,
    row.tokensPerSecond,
    row.costUsd,
    row.rating,
    row.preview,
  ] as const;

/** A trace that is known to be new, under a key of the caller's choice. */
export function insertTrace(db: Database, row: TraceRow, seq: number, addText: AddText): void {
  db.run(INSERT, seq, row.startedAt, ...identity(row), ...values(row));
  addText('traces_fts', seq, row.preview);
}

/** Stores a trace row, new or changed, and returns its key. When it started never changes. */
export function saveTraceRow(db: Database, row: TraceRow, addText: AddText = addNow(db)): number {
  const known = db.get('SELECT seq, preview FROM traces WHERE id = ?', row.id);
  const seq = integerOrNull(known, 'seq') ?? nextTraceSeq(db, row.startedAt);
  if (!known) insertTrace(db, rated(db, row), seq, addText);
  else {
    db.run(UPDATE, ...values(row), seq);
    if (known['preview'] !== row.preview) indexText(db, 'traces_fts', seq, row.preview);
  }
  return seq;
}

/** Stores traces that have begun. What is known already may have ended: it is left as it is. */
export const beginTraces = (db: Database, rows: readonly TraceRow[]): void =>
  db.write(() => {
    const words = createIndexQueue(db);
    for (const row of rows) {
      if (db.get('SELECT 1 FROM traces WHERE id = ?', row.id) === undefined) saveTraceRow(db, row, words.add);
    }
    words.flush();
  });

/** A rating may come before the trace is stored. */
const RATING = `SELECT f.rating FROM messages m JOIN feedback f ON f.message_seq = m.seq WHERE m.id = ?`;
const rated = (db: Database, row: TraceRow): TraceRow => {
  const rating = row.rating === null && row.messageId !== null ? db.get(RATING, row.messageId)?.['rating'] : null;
  return typeof rating === 'string' ? traceRow.parse({ ...row, rating }) : row;
};

/** The next free key at or after a time. */
export function nextTraceSeq(db: Database, startedAt: number): number {
  for (let at = startedAt; ; at++) {
    const first = firstTraceSeq(at);
    const sql = 'SELECT max(seq) AS seq FROM traces WHERE seq >= ? AND seq < ?';
    const last = integerOrNull(db.get(sql, first, first + KEYS_PER_MS), 'seq');
    if (last === null) return first;
    if (last + 1 < first + KEYS_PER_MS) return last + 1;
  }
}

/** Stores decision, spans and words of a trace, or replaces them. */
export function savePayload(
  db: Database,
  seq: number,
  chosen: Decision | null,
  spans: readonly Span[],
  content?: TraceContent,
): void {
  savePacked(db, seq, packPayload(chosen, spans, content && { ...content, pictures: undefined }));
  const pictures = content?.pictures ?? [];
  if (pictures.length === 0) return;
  const sql = 'INSERT OR REPLACE INTO trace_pictures (trace_seq, body) VALUES (?, ?)';
  db.run(sql, seq, Buffer.from(JSON.stringify(pictures), 'utf8'));
}

/** As `savePayload`, of what `packPayload` made. */
export function savePacked(db: Database, seq: number, body: Uint8Array): void {
  const sql = `INSERT INTO trace_payloads (trace_seq, body) VALUES (?, ?)
    ON CONFLICT (trace_seq) DO UPDATE SET body = excluded.body`;
  db.run(sql, seq, body);
}

const INSERT_USAGE = `INSERT INTO usage (id, trace_id, at, model_id, tokens_in, tokens_cached, tokens_out, cost_usd,
  provider_id, token_name, saved_usd) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The ledger only grows: an entry with a known id is refused. Without a provider, the model's name says it. */
export function insertUsage(db: Database, entries: readonly UsageEntry[]): void {
  for (const entry of entries)
    db.run(
      INSERT_USAGE,
      entry.id,
      entry.traceId,
      entry.at,
      entry.modelId,
      entry.tokensIn,
      entry.tokensCached,
      entry.tokensOut,
      entry.costUsd,
      entry.providerId ?? entry.modelId.split('/')[0] ?? 'local',
      entry.tokenName ?? null,
      entry.savedUsd ?? 0,
    );
}

/** Removes traces with their payloads and index entries. `where` is a condition over `traces`, with an order where it matters. */
export function removeTraces(db: Database, where: string, ...values: readonly (string | number)[]): number {
  const seqs = db.all(`SELECT seq FROM traces WHERE ${where}`, ...values).map((row) => integer(row, 'seq'));
  for (const seq of seqs) unindexText(db, 'traces_fts', seq);
  for (const seq of seqs) db.run('DELETE FROM traces WHERE seq = ?', seq);
  return seqs.length;
}
