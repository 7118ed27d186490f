import { z } from 'zod';
import type { Database, SqlValue } from '../../native/sqlite/index.ts';
import type { Savings, SavingsQuery } from '../contract/entities/overview.ts';
import { usageSum, type UsageSum } from '../contract/entities/trace.ts';
import { entity } from './row.ts';
import type { UsageReader } from './store.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const sumRow = z.object({
  providerId: z.string(),
  tokenName: z.string(),
  entries: z.number(),
  costUsd: z.number(),
  savedUsd: z.number(),
});

const SUMMED = 'SELECT provider_id, token_name, entries, cost_usd, saved_usd FROM usage_sums WHERE width =';
const SQL = `SELECT provider_id AS providerId, token_name AS tokenName, sum(entries) AS entries, sum(cost_usd) AS costUsd,
  sum(saved_usd) AS savedUsd FROM (
    ${SUMMED} ${DAY_MS} AND start >= ? AND start < ?
    UNION ALL ${SUMMED} ${HOUR_MS} AND start >= ? AND start < ?
    UNION ALL ${SUMMED} ${HOUR_MS} AND start >= ? AND start < ?
    UNION ALL SELECT provider_id, coalesce(token_name, '') AS token_name, 1 AS entries, cost_usd, saved_usd FROM usage
      WHERE at >= ? AND at < ?
    UNION ALL SELECT provider_id, coalesce(token_name, ''), 1, cost_usd, saved_usd FROM usage WHERE at >= ? AND at < ?
  ) GROUP BY 1, 2`;

/** Bounds of whole days, the whole hours before and after them, and the rest before and after those. */
function stretches(since: number, until: number): SqlValue[] {
  const end = Math.max(since, until);
  const firstHour = Math.ceil(since / HOUR_MS) * HOUR_MS;
  const lastHour = Math.floor(end / HOUR_MS) * HOUR_MS;
  if (firstHour >= lastHour) return [0, 0, 0, 0, 0, 0, since, end, 0, 0];
  const firstDay = Math.ceil(firstHour / DAY_MS) * DAY_MS;
  const lastDay = Math.floor(lastHour / DAY_MS) * DAY_MS;
  const rest = [since, firstHour, lastHour, end];
  if (firstDay >= lastDay) return [0, 0, firstHour, lastHour, 0, 0, ...rest];
  return [firstDay, lastDay, firstHour, firstDay, lastDay, lastHour, ...rest];
}

const LINES = `SELECT provider_id, model_id, 1 AS entries, tokens_in, tokens_cached, tokens_out, cost_usd, saved_usd FROM usage
  WHERE at >= ? AND at < ?`;
const BY_MODEL = `SELECT provider_id AS providerId, model_id AS modelId, sum(entries) AS entries, sum(tokens_in) AS tokensIn,
  sum(tokens_cached) AS tokensCached, sum(tokens_out) AS tokensOut, sum(cost_usd) AS costUsd, sum(saved_usd) AS savedUsd FROM (
    SELECT provider_id, model_id, entries, tokens_in, tokens_cached, tokens_out, cost_usd, saved_usd FROM usage_model_sums
      WHERE start >= ? AND start < ?
    UNION ALL ${LINES} UNION ALL ${LINES}
  ) GROUP BY 1, 2 ORDER BY costUsd DESC, entries DESC, modelId`;

/** The ledger by provider and model, dearest first: whole hours are summed already, of the two others the lines are read. */
export function usageByModel(db: Database, since: number, until: number): UsageSum[] {
  const end = Math.max(since, until);
  const first = Math.ceil(since / HOUR_MS) * HOUR_MS;
  const last = Math.floor(end / HOUR_MS) * HOUR_MS;
  const bounds = first < last ? [first, last, since, first, last, end] : [0, 0, since, end, 0, 0];
  return db.all(BY_MODEL, ...bounds).map((row) => entity(usageSum, row, 'usage_model_sums'));
}

/** Sums of the ledger. Quick at any size: whole days and hours are summed already. */
export function createUsageReader(db: Database): UsageReader {
  return {
    sums(since, until) {
      const byProvider = new Map<string, number>();
      const byToken = new Map<string, number>();
      const all = { entries: 0, costUsd: 0, savedUsd: 0 };
      for (const row of db.all(SQL, ...stretches(since, until))) {
        const { providerId, tokenName, entries, costUsd, savedUsd } = entity(sumRow, row, 'usage_sums');
        all.entries += entries;
        all.costUsd += costUsd;
        all.savedUsd += savedUsd;
        byProvider.set(providerId, (byProvider.get(providerId) ?? 0) + costUsd);
        if (tokenName !== '') byToken.set(tokenName, (byToken.get(tokenName) ?? 0) + costUsd);
      }
      return { ...all, byProvider, byToken };
    },
  };
}

const pointRow = z.object({ at: z.number(), costUsd: z.number(), savedUsd: z.number() });
const POINTS = 'sum(cost_usd) AS costUsd, sum(saved_usd) AS savedUsd';

/** Cost and savings in steps; of whole hours from the sums, else from the entries, of which a short time has few. */
export function savingsOf(db: Database, { since, until, stepMs }: SavingsQuery): Savings {
  const from = since - (since % stepMs);
  const summed = stepMs % DAY_MS === 0 ? DAY_MS : stepMs % HOUR_MS === 0 ? HOUR_MS : null;
  const rows =
    summed === null
      ? db.all(
          `SELECT at - at % ? AS at, ${POINTS} FROM usage WHERE at >= ? AND at < ? GROUP BY 1 ORDER BY 1`,
          ...[stepMs, from, until],
        )
      : db.all(
          `SELECT start - start % ? AS at, ${POINTS} FROM usage_sums WHERE width = ? AND start >= ? AND start < ?
            GROUP BY 1 ORDER BY 1`,
          ...[stepMs, summed, from, until],
        );
  const points = rows.map((row) => entity(pointRow, row, 'usage_sums'));
  return {
    costUsd: points.reduce((sum, { costUsd }) => sum + costUsd, 0),
    savedUsd: points.reduce((sum, { savedUsd }) => sum + savedUsd, 0),
    points,
  };
}
