import type { Database, SqlValue } from '../../native/sqlite/index.ts';
import type { Trace, TraceFilter, UsageEntry } from '../contract/entities/trace.ts';
import { integer } from './row.ts';
import { searchQuery } from './search-text.ts';
import type { TraceReader, TraceWriter } from './store.ts';
import { unpackPayload } from './trace-payload.ts';
import {
  firstTraceSeq,
  insertUsage,
  removeTraces,
  savePayload,
  saveTraceRow,
  TRACE_COLUMNS,
  traceFromRow,
  USAGE_COLUMNS,
  usageFromRow,
} from './trace-rows.ts';

/** `total` is exact up to here; a filter that finds more says this number. */
export const TOTAL_LIMIT = 10_000;

/** Traces and the usage ledger. */
export function createTraces(db: Database): TraceReader & TraceWriter {
  return {
    list: (filter, before, limit) => listTraces(db, filter, before, limit),
    get: (traceId) => {
      const row = db.get(
        `SELECT ${TRACE_COLUMNS}, p.body FROM traces t LEFT JOIN trace_payloads p ON p.trace_seq = t.seq WHERE t.id = ?`,
        traceId,
      );
      if (!row) return null;
      const payload = row['body'] === null ? { decision: null, spans: [] } : unpackPayload(row['body']);
      return { ...traceFromRow(row), ...payload };
    },
    usage: (since, until) =>
      db
        .all(`SELECT ${USAGE_COLUMNS} FROM usage WHERE at >= ? AND at < ? ORDER BY at, seq`, since, until)
        .map(usageFromRow),
    save: (trace, usages) => db.write(() => saveOne(db, trace, usages)),
    saveAll: (all) =>
      db.write(() => {
        for (const { trace, usages } of all) saveOne(db, trace, usages);
      }),
    removeBefore: (at) => db.write(() => removeTraces(db, 'seq < ?', firstTraceSeq(at))),
  };
}

function saveOne(db: Database, trace: Trace, usages: readonly UsageEntry[]): void {
  savePayload(db, saveTraceRow(db, trace), trace.decision, trace.spans);
  insertUsage(db, usages);
}

interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

const EQUAL: readonly (readonly [keyof TraceFilter, string])[] = [
  ['status', 't.status = ?'],
  ['modelId', 't.model_id = ?'],
  ['route', 't.route = ?'],
  ['faultCode', 't.fault_code = ?'],
  ['faultOrigin', 't.fault_origin = ?'],
  ['promptVersionId', 't.prompt_version_id = ?'],
  ['conversationId', 't.conversation_id = ?'],
  ['minDurationMs', 't.duration_ms >= ?'],
  ['minCostUsd', 't.cost_usd >= ?'],
];

const TRACE_ID = /^[0-9a-f]{8}-[0-9a-f-]{0,27}$/;

function conditions(filter: TraceFilter): Condition[] | null {
  const found: Condition[] = [];
  for (const [field, sql] of EQUAL) {
    const value = filter[field];
    if (typeof value === 'string' || typeof value === 'number') found.push({ sql, params: [value] });
  }
  if (filter.degraded !== undefined) found.push({ sql: `t.degraded = ${filter.degraded ? 1 : 0}`, params: [] });
  if (filter.rating === 'none') found.push({ sql: 't.rating IS NULL', params: [] });
  else if (filter.rating) found.push({ sql: 't.rating = ?', params: [filter.rating] });
  if (filter.since !== undefined) found.push({ sql: 't.seq >= ?', params: [firstTraceSeq(filter.since)] });
  if (filter.until !== undefined) found.push({ sql: 't.seq < ?', params: [firstTraceSeq(filter.until + 1)] });
  const typed = filter.text?.trim().toLowerCase() ?? '';
  if (TRACE_ID.test(typed)) found.push({ sql: 't.id >= ? AND t.id < ?', params: [typed, `${typed}~`] });
  else if (typed !== '') {
    const query = searchQuery(typed);
    if (!query) return null;
    const sql = 't.seq IN (SELECT rowid FROM traces_fts WHERE traces_fts MATCH ? ORDER BY rowid DESC LIMIT 50000)';
    found.push({ sql, params: [query.match] });
  }
  return found;
}

function listTraces(
  db: Database,
  filter: TraceFilter,
  before: string | null,
  limit: number,
): ReturnType<TraceReader['list']> {
  const found = conditions(filter);
  if (!found) return { rows: [], next: null, total: 0 };
  const where = found.map(({ sql }) => sql).join(' AND ') || 'TRUE';
  const params = found.flatMap((condition) => condition.params);
  const cursor = before === null || !/^\d{1,16}$/.test(before) ? Number.MAX_SAFE_INTEGER : Number(before);
  const rows = db.all(
    `SELECT ${TRACE_COLUMNS} FROM traces t WHERE ${where} AND t.seq < ? ORDER BY t.seq DESC LIMIT ?`,
    ...params,
    cursor,
    limit + 1,
  );
  const shown = rows.slice(0, limit);
  return {
    rows: shown.map(traceFromRow),
    next: rows.length > limit ? String(integer(shown.at(-1), 'seq')) : null,
    total: countTraces(db, where, params),
  };
}

function countTraces(db: Database, where: string, params: readonly SqlValue[]): number {
  if (where === 'TRUE') return integer(db.get('SELECT count(*) AS n FROM traces'), 'n');
  const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM traces t WHERE ${where} LIMIT ${TOTAL_LIMIT})`;
  return integer(db.get(sql, ...params), 'n');
}
