import type { Database, Row, SqlValue } from '../../native/sqlite/index.ts';
import { egressEntry, egressListed, type EgressEntry, type EgressListed } from '../contract/providers.ts';
import { createJournal } from './journal.ts';
import { entity, integer } from './row.ts';
import type { EgressEnd, EgressRecords, EgressRow } from './store.ts';
import { ROWS_AT_ONCE, saveEgress } from './writes/save-egress.ts';

const COLUMNS = `seq, id, at, host, method, path, provider_id AS providerId, model_id AS modelId, purpose,
  conversation_id AS conversationId, trace_id AS traceId, bytes_out AS bytesOut, bytes_in AS bytesIn, status,
  duration_ms AS durationMs, token_name AS tokenName, via, outcome,
  (SELECT title FROM conversations c WHERE c.id = conversation_id AND c.deleted_at IS NULL) AS conversationTitle`;

const fromRow = (row: Row): EgressListed => entity(egressListed, row, 'egress');

/** How long entries wait in the journal, in ms: most are over by then and cost one row instead of a row and its change. */
export const FLUSH_AFTER_MS = 1000;
/** The pause between two transactions on this thread, in ms: nothing else runs in them. */
const PAUSE_MS = 2;
/** Rows handed to the writing thread at once. */
export const ROWS_ASIDE = 64;
/** The journal is emptied at once when it holds so much: the database could not be written for a while. */
const MOST_JOURNAL_BYTES = 1024 * 1024;

type SaveAside = Parameters<EgressRecords['writeAside']>[0];

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
 * leave; it gets its row within two seconds, or when the log is read. `onError` hears of rows that could not be written yet,
 * `onAside` of transactions made by another thread.
 */
export function createEgressRecords(
  db: Database,
  onError: (error: unknown) => void = () => undefined,
  onAside: (transactions: number) => void = () => undefined,
): { readonly records: EgressRecords; readonly flush: () => void; readonly dispose: () => void } {
  const journal = createJournal(`${db.path}-egress`, (value) => egressEntry.parse(value));
  /** Begun and without a row; by id, in their order. */
  const begun = new Map<string, EgressEntry>();
  const ends = new Map<string, EgressEnd>();
  let timer: NodeJS.Timeout | null = null;
  let aside: SaveAside | null = null;
  let underWay = false;
  let closed = false;

  /** Up to so many rows. Entries come first: an end needs its row. */
  function waiting(most: number): EgressRow[] {
    const fresh = upTo(most, begun.values(), () => true);
    const over = upTo(most - fresh.length, ends, ([id]) => !begun.has(id));
    return [
      ...fresh.map((entry) => ({ id: entry.id, entry, end: ends.get(entry.id) ?? null })),
      ...over.map(([id, end]) => ({ id, entry: null, end })),
    ];
  }
  /** They stand in the database. What ended meanwhile waits on. */
  function settle(rows: readonly EgressRow[]): void {
    for (const { id, entry, end } of rows) {
      if (entry !== null) begun.delete(id);
      if (end !== null && ends.get(id) === end) ends.delete(id);
    }
    if (begun.size === 0) journal.clear();
  }
  function write(most: number): void {
    const rows = waiting(most);
    if (rows.length === 0) return;
    saveEgress(db, rows);
    settle(rows);
  }

  function step(): void {
    timer = null;
    const rows = waiting(ROWS_ASIDE);
    const saving = aside?.(rows) ?? null;
    if (saving === null) return stepHere();
    underWay = true;
    saving.then(
      () => {
        underWay = false;
        settle(rows);
        onAside(Math.ceil(rows.length / ROWS_AT_ONCE));
        const left = begun.size + ends.size;
        if (left > 0) later(left < ROWS_ASIDE ? FLUSH_AFTER_MS : PAUSE_MS);
      },
      (error: unknown) => {
        underWay = false;
        if (closed) return;
        onError(error);
        stepHere();
      },
    );
  }
  function stepHere(): void {
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
    if (!underWay) timer ??= setTimeout(step, ms).unref();
  }
  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    write(Number.POSITIVE_INFINITY);
  }

  function recover(): void {
    if (db.readOnly || journal.size() === 0) return;
    const { records: entries, damaged } = journal.left();
    saveEgress(
      db,
      entries.map((entry) => ({ id: entry.id, entry, end: null })),
    );
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
      if (db.readOnly) return saveEgress(db, [{ id: entry.id, entry, end: null }]);
      if (journal.size() > MOST_JOURNAL_BYTES) flush();
      journal.append([entry]);
      begun.set(entry.id, entry);
      later(FLUSH_AFTER_MS);
    },
    end(id, end) {
      ends.set(id, end);
      later(FLUSH_AFTER_MS);
    },
    writeAside(save) {
      aside = save;
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
      closed = true;
      try {
        flush();
      } catch (error) {
        onError(error);
      }
      journal.close();
    },
  };
}
