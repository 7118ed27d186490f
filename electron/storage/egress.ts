import type { Database, Row, SqlValue } from '../../native/sqlite/index.ts';
import { egressEntry, egressListed, type EgressEntry, type EgressListed } from '../contract/providers.ts';
import { createJournal } from './journal.ts';
import { entity, integer } from './row.ts';
import type { EgressEnd, EgressRecords } from './store.ts';

const COLUMNS = `seq, id, at, host, method, path, provider_id AS providerId, model_id AS modelId, purpose,
  conversation_id AS conversationId, trace_id AS traceId, bytes_out AS bytesOut, bytes_in AS bytesIn, status,
  duration_ms AS durationMs, token_name AS tokenName, outcome,
  (SELECT title FROM conversations c WHERE c.id = conversation_id AND c.deleted_at IS NULL) AS conversationTitle`;

const fromRow = (row: Row): EgressListed => entity(egressListed, row, 'egress');

const BEGIN = `INSERT INTO egress (id, at, host, method, path, provider_id, model_id, purpose, conversation_id, trace_id,
  bytes_out, bytes_in, status, duration_ms, token_name, outcome, ended)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING`;

const END =
  'UPDATE egress SET bytes_out = ?, bytes_in = ?, status = ?, duration_ms = ?, outcome = ?, ended = 1 WHERE id = ? AND ended = 0';

/** How long entries wait in the journal, in ms: most are over by then and cost one row instead of a row and its change. */
export const FLUSH_AFTER_MS = 1000;
/** Rows written at once, about half a millisecond in which nothing else runs, and the pause after them, in ms. */
const ROWS_AT_ONCE = 8;
const PAUSE_MS = 2;
/** The journal is emptied at once when it holds so much: the database could not be written for a while. */
const MOST_JOURNAL_BYTES = 1024 * 1024;

/** The first of them, without a look at the rest: many wait while calls come fast. */
function upTo<T>(most: number, all: Iterable<T>, wanted: (one: T) => boolean): T[] {
  const found: T[] = [];
  for (const one of all) {
    if (found.length >= most) break;
    if (wanted(one)) found.push(one);
  }
  return found;
}

/**
 * The log of what left the machine. `begin` puts an entry into the journal, because a request that is not in the log must not
 * leave; it gets its row within a second, or when the log is read. `onError` hears of rows that could not be written yet.
 */
export function createEgressRecords(
  db: Database,
  onError: (error: unknown) => void = () => undefined,
): { readonly records: EgressRecords; readonly flush: () => void; readonly dispose: () => void } {
  const journal = createJournal(`${db.path}-egress`, (value) => egressEntry.parse(value));
  /** Begun and without a row; by id, in their order. */
  const begun = new Map<string, EgressEntry>();
  const ends = new Map<string, EgressEnd>();
  let timer: NodeJS.Timeout | null = null;

  function insert(entry: EgressEntry, end: EgressEnd | undefined): void {
    const { bytesOut, bytesIn, status, durationMs, outcome = null } = end ?? entry;
    const { id, at, host, method, path, providerId, modelId, purpose, conversationId, traceId } = entry;
    const tokenName = entry.tokenName ?? null;
    const is = [id, at, host, method, path, providerId, modelId, purpose, conversationId, traceId] as const;
    const isNew = db.run(BEGIN, ...is, bytesOut, bytesIn, status, durationMs, tokenName, outcome, end ? 1 : 0) > 0;
    // Another process opened this folder and found it in the journal.
    if (!isNew && end) db.run(END, bytesOut, bytesIn, status, durationMs, outcome, id);
  }

  /** Writes up to so many rows. Entries come first: an end needs its row. */
  function write(most: number): void {
    const rows = upTo(most, begun.values(), () => true);
    const over = upTo(most - rows.length, ends, ([id]) => !begun.has(id));
    if (rows.length === 0 && over.length === 0) return;
    db.write(() => {
      for (const entry of rows) insert(entry, ends.get(entry.id));
      for (const [id, { bytesOut, bytesIn, status, durationMs, outcome = null }] of over)
        db.run(END, bytesOut, bytesIn, status, durationMs, outcome, id);
    });
    for (const { id } of rows) {
      begun.delete(id);
      ends.delete(id);
    }
    for (const [id] of over) ends.delete(id);
    if (begun.size === 0) journal.clear();
  }

  function step(): void {
    timer = null;
    let waitMs = PAUSE_MS;
    try {
      write(ROWS_AT_ONCE);
    } catch (error) {
      // Nothing is lost: the journal has the entries, and the next try comes.
      onError(error);
      waitMs = FLUSH_AFTER_MS;
    }
    if (begun.size + ends.size > 0) later(waitMs);
  }
  function later(ms: number): void {
    timer ??= setTimeout(step, ms).unref();
  }
  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    write(Number.POSITIVE_INFINITY);
  }

  function recover(): void {
    if (db.readOnly || journal.size() === 0) return;
    const { records: entries, damaged } = journal.left();
    db.write(() => {
      for (const entry of entries) insert(entry, undefined);
    });
    journal.clear();
    if (damaged > 0) onError(new Error(`${String(damaged)} lines of the journal could not be read.`));
  }

  function list(conversationId: string | undefined, before: string | undefined, limit: number): Row[] {
    const cursor = before !== undefined && /^\d{1,15}$/.test(before) ? Number(before) : Number.MAX_SAFE_INTEGER;
    const mine: SqlValue[] = conversationId === undefined ? [] : [conversationId];
    const where = conversationId === undefined ? '' : 'conversation_id = ? AND ';
    return db.all(
      `SELECT ${COLUMNS} FROM egress WHERE ${where}seq < ? ORDER BY seq DESC LIMIT ?`,
      ...mine,
      cursor,
      limit,
    );
  }

  const records: EgressRecords = {
    begin(entry) {
      // A database that cannot be written refuses here, before anything left.
      if (db.readOnly) return db.write(() => insert(entry, undefined));
      if (journal.size() > MOST_JOURNAL_BYTES) flush();
      journal.append([entry]);
      begun.set(entry.id, entry);
      later(FLUSH_AFTER_MS);
    },
    end(id, end) {
      ends.set(id, end);
      later(FLUSH_AFTER_MS);
    },
    list({ before, conversationId, limit }) {
      flush();
      const rows = list(conversationId, before, limit + 1);
      const shown = rows.slice(0, limit);
      const total =
        conversationId === undefined
          ? db.get('SELECT bytes_out AS bytes FROM egress_total')
          : db.get('SELECT coalesce(sum(bytes_out), 0) AS bytes FROM egress WHERE conversation_id = ?', conversationId);
      return {
        entries: shown.map(fromRow),
        next: rows.length > limit ? String(integer(shown.at(-1), 'seq')) : null,
        totalBytesOut: integer(total, 'bytes'),
      };
    },
  };
  recover();
  return {
    records,
    flush,
    dispose() {
      try {
        flush();
      } catch (error) {
        onError(error);
      }
      journal.close();
    },
  };
}
