import type { Database } from '../../native/sqlite/index.ts';
import { tracePicture, type TracePicture } from '../contract/entities/trace-content.ts';
import type { Trace } from '../contract/entities/trace.ts';
import { addBreakerChange, breakerHistoryOf, closeBreakers, dropBreakerChanges } from './breaker-changes.ts';
import { entity, json } from './row.ts';
import { createJournal } from './journal.ts';
import type { PrepareTrace } from './prepare-trace.ts';
import type { TraceReader, TraceWriter } from './store.ts';
import { listTraces } from './trace-list.ts';
import { neighboursOf } from './trace-neighbours.ts';
import { unpackPayload } from './trace-payload.ts';
import { dropOldRollups, overviewOf, rollTraces } from './trace-rollups.ts';
import {
  beginTraces,
  firstTraceSeq,
  removeTraces,
  TRACE_COLUMNS,
  traceFromRow,
  USAGE_COLUMNS,
  usageFromRow,
} from './trace-rows.ts';
import { savingsOf, usageByModel } from './usage-sums.ts';
import { isEnded, noted, saveTraces } from './writes/save-traces.ts';
import type { EndedTrace } from './writes/save-traces.ts';

/** Traces and the usage ledger. */
export function createTraces(
  db: Database,
  prepare: PrepareTrace,
  onError: (error: unknown) => void = () => undefined,
): { readonly traces: TraceReader & TraceWriter; readonly dispose: () => void } {
  const journal = createJournal(`${db.path}-traces`, (value) => noted.parse(value));
  /** In the journal and without a row. */
  const waiting = new Set<string>();
  /** The journal holds what an earlier process left and what could not be stored at this start. */
  let unsaved = false;
  /** Another process that opens this folder stores what it finds in the journal: what was noted may have its row by now. */
  const isStored = (id: string): boolean => waiting.has(id) && isEnded(db, id);
  const ready = ({ trace, usages }: EndedTrace): EndedTrace => ({ trace: prepare(trace), usages });
  const save = (all: readonly EndedTrace[]): void => saveTraces(db, all.map(ready), isStored);
  const settled = (ids: readonly string[]): void => {
    for (const id of ids) waiting.delete(id);
    if (waiting.size === 0 && !unsaved) journal.clear();
  };
  const recover = (): void => {
    if (db.readOnly || journal.size() === 0) return;
    const { records, damaged } = journal.left();
    for (const { trace } of records) waiting.add(trace.id);
    try {
      save(records);
      journal.clear();
    } catch (error) {
      // They stay in the journal for the next start.
      unsaved = true;
      onError(error);
    }
    waiting.clear();
    if (damaged > 0) onError(new Error(`${String(damaged)} noted traces could not be read.`));
  };
  recover();
  const traces: TraceReader & TraceWriter = {
    ...createTraceReader(db),
    begin: (rows) => beginTraces(db, rows.map(prepare)),
    save: (trace, usages) => save([{ trace, usages }]),
    saveAll(all) {
      save(all);
      settled(all.map(({ trace }) => trace.id));
    },
    note(all) {
      const lines = journal.append(all.map(ready).map(({ trace, usages }) => ({ trace, usages: [...usages] })));
      for (const { trace } of all) waiting.add(trace.id);
      return lines;
    },
    settled,
    notedBytes: journal.size,
    roll: (most, exporting) => rollTraces(db, most, exporting),
    removeOldest: ({ before, mostBytes }, most) =>
      db.write(() => {
        if (before !== null) dropBreakerChanges(db, before);
        const all = mostBytes !== null && usedBytes(db) > mostBytes;
        const until = all ? Number.MAX_SAFE_INTEGER : firstTraceSeq(before ?? 0);
        return removeTraces(db, `seq < ? AND status <> 'running' ORDER BY seq LIMIT ?`, until, most);
      }),
    addBreakerChange: (change) => addBreakerChange(db, change),
    closeBreakers: (at) => db.write(() => closeBreakers(db, at)),
    dropOldSums: (now) => void dropOldRollups(db, now),
  };
  return { traces, dispose: journal.close };
}

/** The reading half, for any connection. */
export function createTraceReader(db: Database): TraceReader {
  return {
    list: (filter, before, limit) => listTraces(db, filter, before, limit),
    get: (traceId) => readTrace(db, traceId),
    pictures: (traceId) => readPictures(db, traceId),
    neighbourhood: (traceId) => {
      const trace = readTrace(db, traceId);
      return trace && { trace, neighbours: neighboursOf(db, trace) };
    },
    usage: (since, until) =>
      db
        .all(`SELECT ${USAGE_COLUMNS} FROM usage WHERE at >= ? AND at < ? ORDER BY at, seq`, since, until)
        .map(usageFromRow),
    usageSums: (since, until) => usageByModel(db, since, until),
    overview: (query) => overviewOf(db, query),
    savings: (query) => savingsOf(db, query),
    breakers: (since, until) => breakerHistoryOf(db, since, until),
  };
}

function readPictures(db: Database, traceId: string): TracePicture[] {
  const sql = 'SELECT p.body FROM traces t JOIN trace_pictures p ON p.trace_seq = t.seq WHERE t.id = ?';
  const body = db.get(sql, traceId)?.['body'];
  return body instanceof Uint8Array
    ? entity(tracePicture.array(), json(Buffer.from(body).toString('utf8')), 'trace_pictures')
    : [];
}

function readTrace(db: Database, traceId: string): Trace | null {
  const row = db.get(
    `SELECT ${TRACE_COLUMNS}, p.body FROM traces t LEFT JOIN trace_payloads p ON p.trace_seq = t.seq WHERE t.id = ?`,
    traceId,
  );
  if (!row) return null;
  const payload = row['body'] === null ? { decision: null, spans: [] } : unpackPayload(row['body']);
  return { ...traceFromRow(row), ...payload };
}

const pragma = (db: Database, name: string): number => Number(db.pragma(name));

/** Bytes of the file that hold something. */
const usedBytes = (db: Database): number =>
  (pragma(db, 'page_count') - pragma(db, 'freelist_count')) * pragma(db, 'page_size');
