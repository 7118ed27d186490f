import { z } from 'zod';
import type { Database } from '../../native/sqlite/index.ts';
import { benchReport, selfTest } from '../contract/entities/bench.ts';
import { entity, json } from './row.ts';
import type { BenchRecords } from './store.ts';

const good = z.object({ backend: z.string(), at: z.number().int() });
/** Runs that are kept; the oldest go first. A report is a few kilobytes. */
const MOST_REPORTS = 50;

/** What was measured of models, newest first. */
export function createBenchRecords(db: Database): BenchRecords {
  const note = (key: string, at: number, body: object) =>
    db.write(() =>
      db.run(
        `INSERT INTO backend_notes (key, noted_at, body) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET noted_at = excluded.noted_at, body = excluded.body`,
        key,
        at,
        JSON.stringify(body),
      ),
    );
  return {
    list: () =>
      db
        .all('SELECT body FROM bench_reports ORDER BY finished_at DESC, id')
        .map((row) => entity(benchReport, json(row['body']), 'bench_reports')),
    add: (report) =>
      db.write(() => {
        db.run(
          'INSERT INTO bench_reports (id, finished_at, body) VALUES (?, ?, ?)',
          report.id,
          report.finishedAt,
          JSON.stringify(report),
        );
        db.run(
          'DELETE FROM bench_reports WHERE id NOT IN (SELECT id FROM bench_reports ORDER BY finished_at DESC, id LIMIT ?)',
          MOST_REPORTS,
        );
      }),
    tests: (machine) =>
      db
        .all(
          'SELECT body FROM backend_notes WHERE key >= ? AND key < ? ORDER BY noted_at DESC',
          `test|${machine}|`,
          `test|${machine}}`,
        )
        .map((row) => entity(selfTest, json(row['body']), 'backend_notes')),
    addTest: (machine, test) => void note(`test|${machine}|${test.backend}`, test.at, test),
    lastGood(machine) {
      const row = db.get('SELECT body FROM backend_notes WHERE key = ?', `good|${machine}`);
      return row ? entity(good, json(row['body']), 'backend_notes') : null;
    },
    setLastGood: (machine, backend, at) => void note(`good|${machine}`, at, { backend, at }),
    remove: (reportId) => void db.write(() => db.run('DELETE FROM bench_reports WHERE id = ?', reportId)),
  };
}
