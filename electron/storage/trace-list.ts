import { z } from 'zod';
import type { Database, SqlValue } from '../../native/sqlite/index.ts';
import type { TraceFilter } from '../contract/entities/trace.ts';
import { FAULT_ORIGINS, ROUTE_KINDS, TRACE_SOURCES, TRACE_STATUSES } from '../contract/names.ts';
import { integer, json } from './row.ts';
import { searchQuery } from './search-text.ts';
import type { TraceReader } from './store.ts';
import { firstTraceSeq, TRACE_COLUMNS, traceFromRow } from './trace-rows.ts';

/** `total` is exact up to here; a filter that finds more says this number. */
const TOTAL_LIMIT = 10_000;
/** Words found so often that only their newest traces are looked at. */
const TEXT_LIMIT = 50_000;

interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

const NAMED: readonly (readonly [keyof TraceFilter, string])[] = [
  ['modelId', 'model'],
  ['faultCode', 'fault'],
  ['promptVersionId', 'prompt'],
];
const AT_LEAST: readonly (readonly [keyof TraceFilter, string])[] = [
  ['minDurationMs', 'duration_ms'],
  ['minFirstTokenMs', 'first_token_ms'],
  ['minCostUsd', 'cost_usd'],
];
// The numbers migration 14 gave these words: their places in the lists of that time, which only ever grow.
const CODED: readonly (readonly [keyof TraceFilter, string, readonly string[]])[] = [
  ['status', 'status', TRACE_STATUSES],
  ['source', 'source', TRACE_SOURCES],
  ['route', 'route', ROUTE_KINDS],
  ['faultOrigin', 'origin', FAULT_ORIGINS],
  ['rating', 'rating', ['up', 'down']],
];

const TRACE_ID = /^[0-9a-f]{8}-[0-9a-f-]{0,27}$/;

/** What must hold of `trace_facets f`; null = nothing can be found. */
function conditions(filter: TraceFilter): Condition[] | null {
  const found: Condition[] = [];
  for (const [field, column, words] of CODED) {
    const code = words.indexOf(String(filter[field]));
    if (code >= 0) found.push({ sql: `f.${column} = ${code}`, params: [] });
  }
  if (filter.rating === 'none') found.push({ sql: 'f.rating IS NULL', params: [] });
  if (filter.degraded !== undefined) found.push({ sql: `f.degraded = ${filter.degraded ? 1 : 0}`, params: [] });
  for (const [field, column] of NAMED) {
    const value = filter[field];
    const sql = `f.${column} = (SELECT id FROM trace_names WHERE name = ?)`;
    if (typeof value === 'string') found.push({ sql, params: [value] });
  }
  for (const [field, column] of AT_LEAST) {
    const value = filter[field];
    if (typeof value === 'number') found.push({ sql: `f.${column} >= ?`, params: [value] });
  }
  if (filter.since !== undefined) found.push({ sql: 'f.seq >= ?', params: [firstTraceSeq(filter.since)] });
  if (filter.until !== undefined) found.push({ sql: 'f.seq < ?', params: [firstTraceSeq(filter.until + 1)] });
  if (filter.conversationId !== undefined) {
    const sql = 'f.seq IN (SELECT seq FROM traces WHERE conversation_id = ?)';
    found.push({ sql, params: [filter.conversationId] });
  }
  const typed = filter.text?.trim().toLowerCase() ?? '';
  if (TRACE_ID.test(typed)) {
    found.push({ sql: 'f.seq IN (SELECT seq FROM traces WHERE id >= ? AND id < ?)', params: [typed, `${typed}~`] });
  } else if (typed !== '') {
    const query = searchQuery(typed);
    if (!query) return null;
    const sql = `f.seq IN (SELECT rowid FROM traces_fts WHERE traces_fts MATCH ? ORDER BY rowid DESC LIMIT ${TEXT_LIMIT})`;
    found.push({ sql, params: [query.match] });
  }
  return found;
}

/** Newest first. Reads numbers of all traces if it must (some 60 bytes each), whole rows only of the page. */
export function listTraces(
  db: Database,
  filter: TraceFilter,
  before: string | null,
  limit: number,
): ReturnType<TraceReader['list']> {
  const found = conditions(filter);
  if (!found) return { rows: [], next: null, total: 0 };
  const cursor = before === null || !/^\d{1,16}$/.test(before) ? Number.MAX_SAFE_INTEGER : Number(before);
  const params = found.flatMap((condition) => condition.params);
  const where = found.map(({ sql }) => sql).join(' AND ') || 'TRUE';
  const seqsOf = (from: number, most: number): number[] => {
    const sql = `SELECT f.seq FROM trace_facets f WHERE ${where} AND f.seq < ? ORDER BY f.seq DESC LIMIT ?`;
    // One text of numbers: ten thousand rows would cost more than finding them.
    const row = db.get(`SELECT json_group_array(seq) AS seqs FROM (${sql})`, ...params, from, most);
    return z.array(z.number()).parse(json(row?.['seqs']));
  };
  let page: number[];
  let total: number;
  if (found.length === 0) {
    page = seqsOf(cursor, limit + 1);
    total = integer(db.get('SELECT count(*) AS n FROM trace_facets'), 'n');
  } else {
    // One pass counts and finds the page; only what lies beyond the limit of counting is looked for again.
    const all = seqsOf(Number.MAX_SAFE_INTEGER, TOTAL_LIMIT);
    total = all.length;
    page = all.filter((seq) => seq < cursor).slice(0, limit + 1);
    if (page.length <= limit && total === TOTAL_LIMIT) page = seqsOf(cursor, limit + 1);
  }
  const shown = page.slice(0, limit);
  const sql = `SELECT ${TRACE_COLUMNS} FROM traces t WHERE t.seq = ?`;
  return {
    rows: shown.flatMap((seq) => db.all(sql, seq)).map(traceFromRow),
    next: page.length > limit ? String(shown.at(-1)) : null,
    total,
  };
}
