import type { Database } from '../../../native/sqlite/index.ts';
import type { EgressEntry } from '../../contract/providers.ts';
import type { EgressEnd, EgressRow } from '../store.ts';

const BEGIN = `INSERT INTO egress (id, at, host, method, path, provider_id, model_id, purpose, conversation_id, trace_id,
  bytes_out, bytes_in, status, duration_ms, token_name, via, outcome, ended)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING`;

const END =
  'UPDATE egress SET bytes_out = ?, bytes_in = ?, status = ?, duration_ms = ?, outcome = ?, ended = 1 WHERE id = ? AND ended = 0';

/** Most rows a transaction, about half a millisecond: others wait for the lock no longer. */
export const ROWS_AT_ONCE = 8;

/** Stores rows in one transaction. Storing one again, here or in another process, changes nothing. */
export function saveEgress(db: Database, rows: readonly EgressRow[]): void {
  db.write(() => {
    for (const { id, entry, end } of rows) {
      if (entry !== null && inserted(db, entry, end)) continue;
      if (end === null) continue;
      const { bytesOut, bytesIn, status, durationMs, outcome = null } = end;
      db.run(END, bytesOut, bytesIn, status, durationMs, outcome, id);
    }
  });
}

/** False = another process opened this folder and found it in the journal, or it is stored a second time. */
function inserted(db: Database, entry: EgressEntry, end: EgressEnd | null): boolean {
  const { bytesOut, bytesIn, status, durationMs, outcome = null } = end ?? entry;
  const { id, at, host, method, path, providerId, modelId, purpose, conversationId, traceId } = entry;
  const { tokenName = null, via = null } = entry;
  const is = [id, at, host, method, path, providerId, modelId, purpose, conversationId, traceId] as const;
  return db.run(BEGIN, ...is, bytesOut, bytesIn, status, durationMs, tokenName, via, outcome, end ? 1 : 0) > 0;
}
