import type { Migration } from './migration.ts';

// What a list can be filtered by, again, as numbers: about 60 bytes a trace instead of 300, so that reading all of a million takes
// a fraction of a second and no filter needs an index of its own. Kept by triggers, so it cannot differ from the traces.
// `rolled` = 0: not yet in the sums of its minute.
const code = (column: string, words: readonly string[]): string =>
  `CASE new.${column} ${words.map((word, i) => `WHEN '${word}' THEN ${i}`).join(' ')} END`;
const name = (column: string): string => `(SELECT id FROM trace_names WHERE name = new.${column})`;

const NAMED = ['fault_code', 'model_id', 'prompt_version_id'];
const VALUES: readonly (readonly [string, string])[] = [
  ['status', code('status', ['running', 'ok', 'stopped', 'failed'])],
  ['source', code('source', ['app', 'api', 'cli', 'lab'])],
  ['route', code('route', ['local', 'cloud', 'cached'])],
  ['degraded', 'new.degraded'],
  ['origin', code('fault_origin', ['model', 'prompt', 'infrastructure', 'user'])],
  ['rating', code('rating', ['up', 'down'])],
  ['fault', name('fault_code')],
  ['model', name('model_id')],
  ['prompt', name('prompt_version_id')],
  ['duration_ms', 'new.duration_ms'],
  ['first_token_ms', 'new.first_token_ms'],
  ['cost_usd', 'new.cost_usd'],
];
const names = NAMED.map(
  (column) => `INSERT INTO trace_names (name) SELECT new.${column} WHERE new.${column} IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM trace_names WHERE name = new.${column});`,
).join('\n  ');

const SQL = `
CREATE TABLE trace_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE trace_facets (
  seq INTEGER PRIMARY KEY,
  status INTEGER NOT NULL,
  source INTEGER,
  route INTEGER,
  degraded INTEGER NOT NULL,
  origin INTEGER,
  rating INTEGER,
  fault INTEGER,
  model INTEGER,
  prompt INTEGER,
  rolled INTEGER NOT NULL DEFAULT 0,
  duration_ms REAL,
  first_token_ms REAL,
  cost_usd REAL NOT NULL
) STRICT;
CREATE INDEX trace_facets_to_roll ON trace_facets (seq) WHERE rolled = 0;

CREATE TRIGGER trace_is_faceted AFTER INSERT ON traces BEGIN
  ${names}
  INSERT INTO trace_facets (seq, ${VALUES.map(([column]) => column).join(', ')})
    VALUES (new.seq, ${VALUES.map(([, value]) => value).join(', ')});
END;
CREATE TRIGGER trace_facets_follow AFTER UPDATE ON traces BEGIN
  ${names}
  UPDATE trace_facets SET ${VALUES.map(([column, value]) => `${column} = ${value}`).join(', ')} WHERE seq = new.seq;
END;
CREATE TRIGGER trace_facets_go AFTER DELETE ON traces BEGIN
  DELETE FROM trace_facets WHERE seq = old.seq;
END;

INSERT INTO trace_names (name)
  SELECT model_id FROM traces WHERE model_id IS NOT NULL UNION SELECT fault_code FROM traces WHERE fault_code IS NOT NULL
  UNION SELECT prompt_version_id FROM traces WHERE prompt_version_id IS NOT NULL;
INSERT INTO trace_facets (seq, ${VALUES.map(([column]) => column).join(', ')})
  SELECT new.seq, ${VALUES.map(([, value]) => value).join(', ')} FROM traces new;

DROP INDEX traces_by_model;
DROP INDEX traces_by_status;
DROP INDEX traces_by_route;
DROP INDEX traces_degraded;
DROP INDEX traces_by_fault;
DROP INDEX traces_by_origin;
DROP INDEX traces_by_rating;
DROP INDEX traces_by_prompt_version;
-- Few at any time: what a dead process left is found at once.
CREATE INDEX traces_running ON traces (seq) WHERE status = 'running';

-- Sums of traces by minute, hour and day (UTC); they outlive the traces. \`model\`, \`route\` and \`prompt\` are '' where there is none.
-- Histograms are sketches of ms (tokens a second for \`speed\`), see sketch.ts; \`faults\` is JSON of counts by "code origin".
CREATE TABLE trace_rollups (
  width INTEGER NOT NULL,
  start INTEGER NOT NULL,
  model TEXT NOT NULL,
  route TEXT NOT NULL,
  prompt TEXT NOT NULL,
  requests INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  stopped INTEGER NOT NULL,
  degraded INTEGER NOT NULL,
  tokens_in INTEGER NOT NULL,
  tokens_cached INTEGER NOT NULL,
  tokens_out INTEGER NOT NULL,
  cost_usd REAL NOT NULL,
  faults TEXT NOT NULL,
  first_token BLOB NOT NULL,
  total BLOB NOT NULL,
  speed BLOB NOT NULL,
  PRIMARY KEY (width, start, model, route, prompt)
) STRICT, WITHOUT ROWID;
`;

/** Filters over a million traces, and their sums over time. */
export const traceFacets: Migration = { version: 14, name: 'trace facets', up: (db) => db.exec(SQL) };
