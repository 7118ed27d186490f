import type { Database } from '../../native/sqlite/index.ts';
import { benchReport } from '../contract/entities/bench.ts';
import { entity, json } from './row.ts';
import type { BenchRecords } from './store.ts';

/** Runs that are kept; the oldest go first. A report is a few kilobytes. */
const MOST_REPORTS = 50;

/** What was measured of models, newest first. */
export function createBenchRecords(db: Database): BenchRecords {
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
    remove: (reportId) => void db.write(() => db.run('DELETE FROM bench_reports WHERE id = ?', reportId)),
  };
}
