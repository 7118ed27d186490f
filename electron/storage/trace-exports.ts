import type { Database } from '../../native/sqlite/index.ts';
import type { Trace } from '../contract/entities/trace.ts';
import { integer, text } from './row.ts';
import type { TraceExports } from './store.ts';

/** Traces that wait at most; the oldest are given up on beyond it. A day of one request a second. */
export const MOST_WAITING = 100_000;

/** The queue of traces for a collector. `get` reads one whole trace. */
export function createTraceExports(
  db: Database,
  get: (traceId: string) => Trace | null,
  mostWaiting = MOST_WAITING,
): TraceExports {
  const lose = (count: number): void => void db.run('UPDATE trace_exports_lost SET count = count + ?', count);
  return {
    add(seqs) {
      for (const seq of seqs) db.run('INSERT OR IGNORE INTO trace_exports (seq) VALUES (?)', seq);
      const waiting = integer(db.get('SELECT count(*) AS n FROM trace_exports'), 'n');
      if (waiting <= mostWaiting) return;
      const sql = 'DELETE FROM trace_exports WHERE seq IN (SELECT seq FROM trace_exports ORDER BY seq LIMIT ?)';
      lose(db.run(sql, waiting - mostWaiting));
    },
    next: (most) =>
      db
        .all(`SELECT e.seq, t.id FROM trace_exports e LEFT JOIN traces t ON t.seq = e.seq ORDER BY e.seq LIMIT ?`, most)
        .map((row) => ({ key: integer(row, 'seq'), traceId: row['id'] === null ? null : text(row, 'id') })),
    get,
    done: (keys, lost) =>
      db.write(() => {
        for (const key of keys) db.run('DELETE FROM trace_exports WHERE seq = ?', key);
        if (lost) lose(keys.length);
      }),
    state: () => ({
      waiting: integer(db.get('SELECT count(*) AS n FROM trace_exports'), 'n'),
      lost: integer(db.get('SELECT count AS n FROM trace_exports_lost'), 'n'),
    }),
  };
}
