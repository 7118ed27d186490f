import type { Database } from '../../native/sqlite/index.ts';
import type { TraceRow } from '../contract/entities/trace.ts';
import { firstTraceSeq, TRACE_COLUMNS, traceFromRow } from './trace-rows.ts';
import type { TraceNeighbours } from './store.ts';

/** Traces that are enough to say what is usual. */
const MOST = 200;
const NEAR_MS = 15 * 60_000;
const DAY_MS = 86_400_000;

const SELECT = `SELECT ${TRACE_COLUMNS} FROM trace_facets f JOIN traces t ON t.seq = f.seq`;
const NAMED = '(SELECT id FROM trace_names WHERE name = ?)';

/** What a trace is compared with. Each list is bounded, whatever the table holds. */
export function neighboursOf(db: Database, row: TraceRow): TraceNeighbours {
  const at = firstTraceSeq(row.startedAt);
  const rows = (sql: string, ...params: (string | number)[]): TraceRow[] =>
    db.all(`${SELECT} WHERE ${sql} AND t.id <> ? LIMIT ${MOST}`, ...params, row.id).map(traceFromRow);
  // The limit stands after an order, so each condition ends in one.
  const ordered = (sql: string, order: string, ...params: (string | number)[]): TraceRow[] =>
    db.all(`${SELECT} WHERE ${sql} AND t.id <> ? ORDER BY ${order} LIMIT ${MOST}`, ...params, row.id).map(traceFromRow);
  const before = [at, firstTraceSeq(row.startedAt - 30 * DAY_MS)] as const;
  return {
    sameModel:
      row.modelId === null
        ? []
        : ordered(
            `f.seq <= ? AND f.seq >= ? AND f.status = 1 AND f.route IS NOT 2 AND f.model = ${NAMED}`,
            'f.seq DESC',
            ...before,
            row.modelId,
          ),
    anyModel: ordered('f.seq <= ? AND f.seq >= ? AND f.status = 1 AND f.route IS NOT 2', 'f.seq DESC', ...before),
    near: rows(
      'f.seq >= ? AND f.seq < ?',
      firstTraceSeq(row.startedAt - NEAR_MS),
      firstTraceSeq(row.startedAt + NEAR_MS),
    ),
    sameFault:
      row.faultCode === null
        ? []
        : ordered(
            `f.seq >= ? AND f.seq < ? AND f.fault = ${NAMED}`,
            'f.seq DESC',
            firstTraceSeq(row.startedAt - DAY_MS),
            firstTraceSeq(row.startedAt + DAY_MS),
            row.faultCode,
          ),
    samePrompt: row.promptVersionId === null ? [] : ordered(`f.prompt = ${NAMED}`, 'f.seq DESC', row.promptVersionId),
    rated: ordered('f.rating IS NOT NULL AND f.seq <= ?', 'f.seq DESC', at),
  };
}
