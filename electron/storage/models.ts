import { z } from 'zod';
import type { Database } from '../../native/sqlite/index.ts';
import { measurement, type Measurement } from '../contract/entities/model.ts';
import { entity, integer, json, text } from './row.ts';
import type { ModelReader, ModelWriter } from './store.ts';

const origin = z.enum(['file', 'ollama', 'lm-studio']);

/** Imported model files, and what was measured on this machine. */
export function createModelRecords(db: Database): ModelReader & ModelWriter {
  /** Read for every request, written now and then, by this process alone. */
  const measured = new Map<string, Measurement | null>();
  return {
    imported: () =>
      db
        .all('SELECT id, path, name, added_at AS addedAt, origin FROM imported_models ORDER BY added_at, id')
        .map((row) => ({
          id: text(row, 'id'),
          path: text(row, 'path'),
          name: text(row, 'name'),
          addedAt: integer(row, 'addedAt'),
          origin: entity(origin, row['origin'], 'imported_models'),
        })),
    measurement: (key) => {
      const known = measured.get(key);
      if (known !== undefined) return known;
      const row = db.get('SELECT body FROM measurements WHERE key = ?', key);
      const found = row ? entity(measurement, json(row['body']), 'measurements') : null;
      measured.set(key, found);
      return found;
    },
    addImported: (model) =>
      void db.write(() =>
        db.run(
          `INSERT INTO imported_models (id, path, name, added_at, origin) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET path = excluded.path, name = excluded.name, origin = excluded.origin`,
          model.id,
          model.path,
          model.name,
          model.addedAt,
          model.origin,
        ),
      ),
    removeImported: (modelId) => void db.write(() => db.run('DELETE FROM imported_models WHERE id = ?', modelId)),
    saveMeasurement(key, made) {
      measured.delete(key);
      db.write(() =>
        db.run(
          'INSERT INTO measurements (key, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
          key,
          JSON.stringify(made),
        ),
      );
    },
  };
}
