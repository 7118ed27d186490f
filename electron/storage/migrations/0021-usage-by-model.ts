import type { Migration } from './migration.ts';

// Sums by UTC hour: a month is some thousand rows at any size of the ledger, and a line costs one more row, not two.
const SQL = `
CREATE TABLE usage_model_sums (
  start INTEGER NOT NULL,
  provider_id TEXT NOT NULL,
  model_id TEXT NOT NULL,
  entries INTEGER NOT NULL,
  tokens_in INTEGER NOT NULL,
  tokens_cached INTEGER NOT NULL,
  tokens_out INTEGER NOT NULL,
  cost_usd REAL NOT NULL,
  saved_usd REAL NOT NULL,
  PRIMARY KEY (start, provider_id, model_id)
) STRICT, WITHOUT ROWID;
INSERT INTO usage_model_sums
  SELECT at - at % 3600000 AS start, provider_id, model_id, count(*), sum(tokens_in), sum(tokens_cached), sum(tokens_out),
    sum(cost_usd), sum(saved_usd)
  FROM usage GROUP BY 1, 2, 3;
CREATE TRIGGER usage_is_summed_by_model AFTER INSERT ON usage BEGIN
  INSERT INTO usage_model_sums VALUES (new.at - new.at % 3600000, new.provider_id, new.model_id, 1, new.tokens_in,
    new.tokens_cached, new.tokens_out, new.cost_usd, new.saved_usd)
    ON CONFLICT DO UPDATE SET entries = entries + 1, tokens_in = tokens_in + excluded.tokens_in,
      tokens_cached = tokens_cached + excluded.tokens_cached, tokens_out = tokens_out + excluded.tokens_out,
      cost_usd = cost_usd + excluded.cost_usd, saved_usd = saved_usd + excluded.saved_usd;
END;
`;

/** The ledger by provider and model, summed as it grows. */
export const usageByModel: Migration = { version: 21, name: 'usage by model', up: (db) => db.exec(SQL) };
