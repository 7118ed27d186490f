import { z } from 'zod';
import type { Database } from '../../native/sqlite/index.ts';
import { entity } from './row.ts';
import type { ApiTokenRecord, ApiTokenRecords } from './store.ts';

const tokenRow = z.object({
  name: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: z.number(),
  lastUsedAt: z.number().nullable(),
  requestsPerMinute: z.number().nullable(),
  concurrency: z.number().nullable(),
  usdPerDay: z.number().nullable(),
}) satisfies z.ZodType<ApiTokenRecord>;

/** Tokens of the local API: hashes only. The list is held in memory, it is looked at for every request. */
export function createApiTokenRecords(db: Database): ApiTokenRecords {
  let held: readonly ApiTokenRecord[] | null = null;
  const read = (): readonly ApiTokenRecord[] =>
    db
      .all(
        `SELECT name, sha256, created_at AS createdAt, last_used_at AS lastUsedAt, requests_per_minute AS requestsPerMinute,
         concurrency, usd_per_day AS usdPerDay FROM api_tokens ORDER BY created_at, name`,
      )
      .map((row) => entity(tokenRow, row, 'api_tokens'));
  return {
    all: () => (held ??= read()),
    put(record) {
      held = null;
      db.write(() =>
        db.run(
          `INSERT INTO api_tokens (name, sha256, created_at, requests_per_minute, concurrency, usd_per_day)
           VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256,
           created_at = excluded.created_at, last_used_at = NULL, requests_per_minute = excluded.requests_per_minute,
           concurrency = excluded.concurrency, usd_per_day = excluded.usd_per_day`,
          record.name,
          record.sha256,
          record.createdAt,
          record.requestsPerMinute,
          record.concurrency,
          record.usdPerDay,
        ),
      );
    },
    remove(name) {
      held = null;
      return db.write(() => db.run('DELETE FROM api_tokens WHERE name = ?', name)) > 0;
    },
    touch(name, at) {
      held = null;
      db.write(() => db.run('UPDATE api_tokens SET last_used_at = ? WHERE name = ?', at, name));
    },
  };
}
