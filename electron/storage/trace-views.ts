import type { Database } from '../../native/sqlite/index.ts';
import { traceView } from '../contract/entities/trace.ts';
import { entity } from './row.ts';
import type { TraceViewRecords } from './store.ts';

export function createTraceViews(db: Database): TraceViewRecords {
  const has = (name: string): boolean => db.get('SELECT 1 FROM trace_views WHERE name = ?', name) !== undefined;
  const remove = (name: string): void => void db.run('DELETE FROM trace_views WHERE name = ?', name);
  return {
    all: () =>
      db.all('SELECT name, query FROM trace_views ORDER BY name').map((row) => entity(traceView, row, 'trace_views')),
    save: ({ name, query }, was) =>
      db.write(() => {
        if (has(name) && name.toLowerCase() !== was?.toLowerCase()) return false;
        if (was !== undefined) remove(was);
        db.run('INSERT INTO trace_views (name, query) VALUES (?, ?)', name, query);
        return true;
      }),
    remove: (name) => db.write(() => remove(name)),
  };
}
