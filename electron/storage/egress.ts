import type { Database, Row, SqlValue } from '../../native/sqlite/index.ts';
import { egressEntry, type EgressEntry } from '../contract/providers.ts';
import { entity, integer } from './row.ts';
import type { EgressEnd, EgressRecords } from './store.ts';

const COLUMNS = `seq, id, at, host, method, path, provider_id AS providerId, model_id AS modelId, purpose,
  conversation_id AS conversationId, trace_id AS traceId, bytes_out AS bytesOut, bytes_in AS bytesIn, status,
  duration_ms AS durationMs`;

const fromRow = (row: Row): EgressEntry => entity(egressEntry, row, 'egress');

const END =
  'UPDATE egress SET bytes_out = ?, bytes_in = ?, status = ?, duration_ms = ?, ended = 1 WHERE id = ? AND ended = 0';

/** How long the ends of requests wait to be written, in ms: together they cost one transaction. */
export const FLUSH_AFTER_MS = 1000;

/**
 * The log of what left the machine. `begin` writes at once (about 0.2 ms while the API is busy), because a request that is not in the log must not
 * leave; how it ended is written within a second, or when the log is read. `onError` hears of ends that could not be written.
 */
export function createEgressRecords(
  db: Database,
  onError: (error: unknown) => void = () => undefined,
): { readonly records: EgressRecords; readonly dispose: () => void } {
  const ends = new Map<string, EgressEnd>();
  let timer: NodeJS.Timeout | null = null;

  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    if (ends.size === 0) return;
    const all = [...ends];
    ends.clear();
    try {
      db.write(() => {
        for (const [id, { bytesOut, bytesIn, status, durationMs }] of all)
          db.run(END, bytesOut, bytesIn, status, durationMs, id);
      });
    } catch (error) {
      // The requests stand in the log; only how they ended is lost.
      onError(error);
    }
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
      db.write(() =>
        db.run(
          `INSERT INTO egress (id, at, host, method, path, provider_id, model_id, purpose, conversation_id, trace_id, bytes_out,
           bytes_in, status, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          entry.id,
          entry.at,
          entry.host,
          entry.method,
          entry.path,
          entry.providerId,
          entry.modelId,
          entry.purpose,
          entry.conversationId,
          entry.traceId,
          entry.bytesOut,
          entry.bytesIn,
          entry.status,
          entry.durationMs,
        ),
      );
    },
    end(id, end) {
      ends.set(id, end);
      timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
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
  return { records, dispose: flush };
}
