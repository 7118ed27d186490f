import type { Migration } from './migration.ts';

// Sums by UTC hour and day, kept by a trigger: whole hours and days of any time zone are then a few hundred rows, whatever the
// ledger holds. Entries of versions before providers were all made on this machine.
const SQL = `
ALTER TABLE usage ADD COLUMN provider_id TEXT NOT NULL DEFAULT 'local';
ALTER TABLE usage ADD COLUMN token_name TEXT;
ALTER TABLE usage ADD COLUMN saved_usd REAL NOT NULL DEFAULT 0;

CREATE TABLE usage_sums (
  width INTEGER NOT NULL,
  start INTEGER NOT NULL,
  provider_id TEXT NOT NULL,
  token_name TEXT NOT NULL,
  entries INTEGER NOT NULL,
  cost_usd REAL NOT NULL,
  saved_usd REAL NOT NULL,
  PRIMARY KEY (width, start, provider_id, token_name)
) STRICT, WITHOUT ROWID;
INSERT INTO usage_sums
  SELECT w.width, u.at - u.at % w.width AS start, u.provider_id, coalesce(u.token_name, ''), count(*), sum(u.cost_usd),
    sum(u.saved_usd)
  FROM (SELECT 3600000 AS width UNION ALL SELECT 86400000) w, usage u GROUP BY 1, 2, 3, 4;
CREATE TRIGGER usage_is_summed AFTER INSERT ON usage BEGIN
  INSERT INTO usage_sums VALUES (3600000, new.at - new.at % 3600000, new.provider_id, coalesce(new.token_name, ''), 1,
    new.cost_usd, new.saved_usd)
    ON CONFLICT DO UPDATE SET entries = entries + 1, cost_usd = cost_usd + excluded.cost_usd,
      saved_usd = saved_usd + excluded.saved_usd;
  INSERT INTO usage_sums VALUES (86400000, new.at - new.at % 86400000, new.provider_id, coalesce(new.token_name, ''), 1,
    new.cost_usd, new.saved_usd)
    ON CONFLICT DO UPDATE SET entries = entries + 1, cost_usd = cost_usd + excluded.cost_usd,
      saved_usd = saved_usd + excluded.saved_usd;
END;
`;

/** Who was paid, for which token and what was saved; sums of the ledger. */
export const ledger: Migration = { version: 7, name: 'ledger', up: (db) => db.exec(SQL) };
