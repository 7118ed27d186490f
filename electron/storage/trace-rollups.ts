import type { Database, Row } from '../../native/sqlite/index.ts';
import { integer, integerOrNull, json, text } from './row.ts';
import { addPacked, count, newCounts, packCounts, quantiles, type Counts } from './sketch.ts';
import { createTraceExports } from './trace-exports.ts';
import type { TraceOverview, TraceOverviewQuery, TraceTotals } from '../contract/entities/overview.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WIDTHS = [MINUTE_MS, HOUR_MS, DAY_MS];
/** Minutes and hours of longer ago are summed in their days only. */
const KEEP_MINUTES_MS = 8 * DAY_MS;
const KEEP_HOURS_MS = 400 * DAY_MS;

/** Sums of some traces. */
interface Sums {
  readonly numbers: Record<(typeof NUMBERS)[number], number>;
  readonly faults: Map<string, number>;
  readonly histograms: Record<(typeof HISTOGRAMS)[number], Counts>;
}
const NUMBERS = [
  'requests',
  'failed',
  'stopped',
  'degraded',
  'tokens_in',
  'tokens_cached',
  'tokens_out',
  'cost_usd',
] as const;
const HISTOGRAMS = ['first_token', 'total', 'speed'] as const;

const newSums = (): Sums => ({
  numbers: {
    requests: 0,
    failed: 0,
    stopped: 0,
    degraded: 0,
    tokens_in: 0,
    tokens_cached: 0,
    tokens_out: 0,
    cost_usd: 0,
  },
  faults: new Map(),
  histograms: { first_token: newCounts(), total: newCounts(), speed: newCounts() },
});

function addRow(sums: Sums, row: Row): void {
  for (const name of NUMBERS) sums.numbers[name] += integer(row, name);
  const faults = row['faults'] === '{}' ? null : json(row['faults']);
  if (typeof faults === 'object' && faults !== null)
    for (const [code, times] of Object.entries(faults))
      sums.faults.set(code, (sums.faults.get(code) ?? 0) + Number(times));
  for (const name of HISTOGRAMS) {
    const packed = row[name];
    if (packed instanceof Uint8Array) addPacked(sums.histograms[name], packed);
  }
}

function addSums(sums: Sums, more: Sums): void {
  for (const name of NUMBERS) sums.numbers[name] += more.numbers[name];
  for (const [code, times] of more.faults) sums.faults.set(code, (sums.faults.get(code) ?? 0) + times);
  for (const name of HISTOGRAMS) {
    const counts = sums.histograms[name];
    for (const [bucket, times] of more.histograms[name]) counts.set(bucket, (counts.get(bucket) ?? 0) + times);
  }
}

function addTrace({ numbers, faults, histograms }: Sums, trace: Row): void {
  const { status } = trace;
  numbers.requests++;
  if (status === 'failed') numbers.failed++;
  if (status === 'stopped') numbers.stopped++;
  numbers.degraded += integer(trace, 'degraded');
  numbers.tokens_in += integer(trace, 'tokens_in');
  numbers.tokens_cached += integer(trace, 'tokens_cached');
  numbers.tokens_out += integer(trace, 'tokens_out');
  numbers.cost_usd += integer(trace, 'cost_usd');
  if (trace['fault_code'] !== null) {
    const key = `${text(trace, 'fault_code')} ${String(trace['fault_origin'])}`;
    faults.set(key, (faults.get(key) ?? 0) + 1);
  }
  const note = (counts: Counts, value: number | null): void => {
    if (value !== null) count(counts, value);
  };
  note(histograms.first_token, integerOrNull(trace, 'first_token_ms'));
  // A turn that failed or was stopped says nothing about how long answers take.
  if (status === 'ok') note(histograms.total, integerOrNull(trace, 'duration_ms'));
  note(histograms.speed, integerOrNull(trace, 'tokens_per_second'));
}

const TO_ROLL = `SELECT f.seq, t.started_at, t.status, t.private, t.model_id, t.route, t.prompt_version_id, t.degraded, t.fault_code,
  t.fault_origin, t.tokens_in, t.tokens_cached, t.tokens_out, t.cost_usd, t.first_token_ms, t.duration_ms, t.tokens_per_second
  FROM trace_facets f JOIN traces t ON t.seq = f.seq WHERE f.rolled = 0 AND f.status <> 0 ORDER BY f.seq LIMIT ?`;
const KEY = 'width = ? AND start = ? AND model = ? AND route = ? AND prompt = ?';
const COLUMNS = [...NUMBERS, 'faults', ...HISTOGRAMS];

/**
 * Takes at most `most` finished traces that are in no sum yet into those of their minute, hour and day, in one transaction.
 * Returns how many; a trace is counted once, whatever ends the process.
 */
export function rollTraces(db: Database, most: number, exporting: 'none' | 'public' | 'all' = 'none'): number {
  return db.write(() => {
    const traces = db.all(TO_ROLL, most);
    const groups = new Map<string, { key: [number, number, string, string, string]; sums: Sums }>();
    for (const trace of traces) {
      const at = integer(trace, 'started_at');
      for (const width of WIDTHS) {
        const name = (column: string): string => (trace[column] === null ? '' : text(trace, column));
        const key: [number, number, string, string, string] = [
          width,
          at - (at % width),
          name('model_id'),
          name('route'),
          name('prompt_version_id'),
        ];
        const id = key.join(' ');
        const group = groups.get(id) ?? { key, sums: newSums() };
        groups.set(id, group);
        addTrace(group.sums, trace);
      }
    }
    for (const { key, sums } of groups.values()) {
      const known = db.get(`SELECT ${COLUMNS.join(', ')} FROM trace_rollups WHERE ${KEY}`, ...key);
      if (known) addRow(sums, known);
      db.run(
        `INSERT OR REPLACE INTO trace_rollups (width, start, model, route, prompt, ${COLUMNS.join(', ')})
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...key,
        ...NUMBERS.map((name) => sums.numbers[name]),
        JSON.stringify(Object.fromEntries(sums.faults)),
        ...HISTOGRAMS.map((name) => packCounts(sums.histograms[name])),
      );
    }
    if (exporting !== 'none') {
      const leave = traces.filter((trace) => exporting === 'all' || trace['private'] === 0);
      createTraceExports(db, () => null).add(leave.map((trace) => integer(trace, 'seq')));
    }
    for (const trace of traces) db.run('UPDATE trace_facets SET rolled = 1 WHERE seq = ?', integer(trace, 'seq'));
    return traces.length;
  });
}

/** Removes sums that only cost room by now. */
export function dropOldRollups(db: Database, now: number): number {
  const sql = 'DELETE FROM trace_rollups WHERE width = ? AND start < ?';
  return db.write(() => db.run(sql, MINUTE_MS, now - KEEP_MINUTES_MS) + db.run(sql, HOUR_MS, now - KEEP_HOURS_MS));
}

/** Points a chart can show apart; more cost time and say nothing. */
const MOST_POINTS = 200;
/** Lines a chart can show apart; the rest is one line. */
const MOST_GROUPS = 8;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10_080, 43_200].map((m) => m * MINUTE_MS);
const SHARES = [0.5, 0.95, 0.99];

/** Milliseconds between two points of a chart over so long; at least `leastMs`. */
export const stepOver = (lengthMs: number, leastMs = MINUTE_MS): number =>
  STEPS.find((step) => step >= leastMs && lengthMs / step <= MOST_POINTS) ?? STEPS.at(-1) ?? DAY_MS;

/** Of long ago only hours are left: then steps shorter than that would find nothing. */
function shortestStep(db: Database, since: number): number {
  const oldest = 'SELECT min(start) AS start FROM trace_rollups WHERE width = ? AND start >= ?';
  const hour = integerOrNull(db.get(oldest, HOUR_MS, since - (since % HOUR_MS)) ?? {}, 'start');
  if (hour === null) return MINUTE_MS;
  const minute = integerOrNull(db.get(oldest, MINUTE_MS, hour) ?? {}, 'start');
  return minute !== null && minute < hour + HOUR_MS ? MINUTE_MS : HOUR_MS;
}

function totalsOf({ numbers, faults, histograms }: Sums): TraceTotals {
  const triple = (counts: Counts) => {
    const [p50 = null, p95 = null, p99 = null] = quantiles(counts, SHARES);
    return { p50, p95, p99 };
  };
  return {
    requests: numbers.requests,
    failed: numbers.failed,
    stopped: numbers.stopped,
    degraded: numbers.degraded,
    tokensIn: numbers.tokens_in,
    tokensCached: numbers.tokens_cached,
    tokensOut: numbers.tokens_out,
    costUsd: numbers.cost_usd,
    faults: [...faults].map(([key, times]) => {
      const [code = '', origin = ''] = key.split(' ');
      return { code, origin, count: times };
    }),
    firstTokenMs: triple(histograms.first_token),
    totalMs: triple(histograms.total),
    tokensPerSecond: triple(histograms.speed),
  };
}

/** Sums over a time, in steps and by group. `since` inclusive, `until` exclusive; both are widened to whole steps. */
export function overviewOf(db: Database, query: TraceOverviewQuery): TraceOverview {
  const length = query.until - query.since;
  const usual = stepOver(length);
  const stepMs = usual < HOUR_MS ? stepOver(length, shortestStep(db, query.since)) : usual;
  const since = query.since - (query.since % stepMs);
  const width = WIDTHS.findLast((each) => stepMs % each === 0) ?? MINUTE_MS;
  const where = ['width = ?', 'start >= ?', 'start < ?'];
  const params: (string | number)[] = [width, since, query.until];
  for (const [column, value] of [
    ['model', query.modelId],
    ['route', query.route],
    ['prompt', query.promptVersionId],
  ] as const) {
    if (value === undefined) continue;
    where.push(`${column} = ?`);
    params.push(value);
  }
  const rows = db.all(
    `SELECT start, model, route, prompt, ${COLUMNS.join(', ')} FROM trace_rollups WHERE ${where.join(' AND ')}`,
    ...params,
  );
  const nameOf = (row: Row): string => (query.by === null ? '' : text(row, query.by));
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(nameOf(row), (counts.get(nameOf(row)) ?? 0) + integer(row, 'requests'));
  const shown = [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
  const apart = new Set(shown.length > MOST_GROUPS ? shown.slice(0, MOST_GROUPS - 1) : shown);

  const total = newSums();
  const groups = new Map<string, { all: Sums; steps: Map<number, Sums> }>();
  for (const row of rows) {
    const name = apart.has(nameOf(row)) ? nameOf(row) : OTHERS;
    const group = groups.get(name) ?? { all: newSums(), steps: new Map<number, Sums>() };
    groups.set(name, group);
    const at = integer(row, 'start');
    const start = at - (at % stepMs);
    const step = group.steps.get(start) ?? newSums();
    group.steps.set(start, step);
    addRow(step, row);
  }
  for (const { all, steps } of groups.values()) {
    for (const step of steps.values()) addSums(all, step);
    addSums(total, all);
  }
  return {
    since,
    stepMs,
    total: totalsOf(total),
    groups: [...groups]
      .sort(([, a], [, b]) => b.all.numbers.requests - a.all.numbers.requests)
      .map(([name, { all, steps }]) => ({
        name,
        total: totalsOf(all),
        points: [...steps].sort(([a], [b]) => a - b).map(([at, sums]) => ({ at, ...totalsOf(sums) })),
      })),
  };
}

/** Name of the group of all that is not shown apart. */
const OTHERS = '*';
