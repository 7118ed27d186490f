import { z } from 'zod';
import type { Database, Row } from '../../native/sqlite/index.ts';
import { partSums, sha256Hex } from '../contract/entities/download.ts';
import { DOWNLOAD_CHECKS } from '../contract/names.ts';
import { entity, integer, json, text } from './row.ts';
import type { DownloadRecord, DownloadRecords } from './store.ts';

const body = z.object({
  title: z.string(),
  fileName: z.string(),
  sources: z.array(z.string()).min(1),
  sizeBytes: z.number().int().positive(),
  sha256: sha256Hex,
  parts: partSums.nullable(),
  checkedBy: z.enum(DOWNLOAD_CHECKS),
  catalogueId: z.string().nullable(),
});
const state = z.enum(['wanted', 'paused', 'failed', 'done']);
const run = z.object({ from: z.number().int(), to: z.number().int(), tag: z.string() });
const progress = z.object({ have: z.array(run), synced: z.array(run), boot: z.string() });

const textOrNull = (row: Row, column: string): string | null => (row[column] === null ? null : text(row, column));

const fromRow = (row: Row): DownloadRecord => ({
  ...entity(body, json(row['body']), 'downloads'),
  id: text(row, 'id'),
  place: integer(row, 'place'),
  state: entity(state, row['state'], 'downloads'),
  problem: textOrNull(row, 'problem'),
  target: textOrNull(row, 'target'),
  createdAt: integer(row, 'created_at'),
});

/** Files on their way, and where finished ones came from. */
export function createDownloadRecords(db: Database): DownloadRecords {
  return {
    all: () => db.all('SELECT * FROM downloads ORDER BY place, id').map(fromRow),
    add: ({ id, createdAt, ...record }) =>
      void db.write(() =>
        db.run(
          `INSERT INTO downloads (id, place, state, problem, target, created_at, body)
           VALUES (?, (SELECT coalesce(max(place), 0) + 1 FROM downloads), 'wanted', NULL, NULL, ?, ?)`,
          id,
          createdAt,
          JSON.stringify(body.parse(record)),
        ),
      ),
    setState: (id, next, problem) =>
      void db.write(() => db.run('UPDATE downloads SET state = ?, problem = ? WHERE id = ?', next, problem, id)),
    setTarget: (id, target) => void db.write(() => db.run('UPDATE downloads SET target = ? WHERE id = ?', target, id)),
    toEnd: (id) =>
      void db.write(() =>
        db.run('UPDATE downloads SET place = (SELECT max(place) + 1 FROM downloads) WHERE id = ?', id),
      ),
    progress: (id) => {
      const row = db.get('SELECT body FROM download_progress WHERE download_id = ?', id);
      const parsed = row ? progress.safeParse(json(row['body'])) : null;
      // A note that cannot be read means that nothing of the file is certain.
      return parsed?.success === true ? parsed.data : null;
    },
    saveProgress: (id, noted) =>
      void db.write(() =>
        db.run(
          `INSERT INTO download_progress (download_id, body) SELECT id, ? FROM downloads WHERE id = ?
           ON CONFLICT DO UPDATE SET body = excluded.body`,
          JSON.stringify(noted),
          id,
        ),
      ),
    dropProgress: (id) => void db.write(() => db.run('DELETE FROM download_progress WHERE download_id = ?', id)),
    remove: (id) => void db.write(() => db.run('DELETE FROM downloads WHERE id = ?', id)),
  };
}
