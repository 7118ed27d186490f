/**
 * A million traces, written by the seed command, read through the calls the window makes, while an answer streams through the
 * same core: how long each read takes, and how much longer the gaps between two pieces of the answer become.
 */
import { execFile } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import { systemClock } from '../../electron/base/clock.ts';
import { createMintId } from '../../electron/base/ids.ts';
import { silentLog } from '../../electron/base/log.ts';
import type { Span, TraceFilter } from '../../electron/contract/entities/trace.ts';
import { createCore, type Core } from '../../electron/core.ts';
import { startChild } from './api/child.ts';
import { PACE_MS, PACED_MODEL_ID } from './api/shape.ts';
import { quantile, rounded } from './statistics.ts';

export interface TracesFigures {
  readonly traces: number;
  readonly seedSeconds: number;
  readonly firstPageP95Ms: number;
  /** p95 of the slowest filter, and which one. */
  readonly filterP95Ms: number;
  readonly slowestFilter: string;
  readonly dashboardP95Ms: number;
  readonly longTraceP95Ms: number;
  readonly bytesPerSpan: number;
  /** Growth of the gap below which 99 of 100 gaps of a streamed answer lie, while all of the above is asked without a pause. */
  readonly gapGrowthP99Ms: number;
}

const root = resolve(import.meta.dirname, '..', '..');
const DAY_MS = 86_400_000;
const PAGE = 100;
const LONG_SPANS = 5000;
const LONG_ID = '01990000-0000-7000-8000-00000000f000';

const config = (baseUrl: string): string => `providers:
  - id: bench
    kind: openai-compatible
    baseUrl: ${baseUrl}/v1
    apiKey: {env: SWITCHYARD_BENCH_KEY}
    models:
      - {id: ${PACED_MODEL_ID}, contextTokens: 128000, usdPerMTokIn: 1, usdPerMTokOut: 1}
`;

/** Alone, in pairs that hardly meet, and with words from rare to everywhere. */
const filtersAt = (now: number): TraceFilter[] => [
  { status: 'failed' },
  { status: 'stopped', route: 'cached' },
  { modelId: 'acme/big' },
  { modelId: 'there/is-none' },
  { route: 'cloud', source: 'cli' },
  { degraded: true, status: 'failed' },
  { faultCode: 'local_crash', source: 'app' },
  { faultOrigin: 'prompt', modelId: 'acme/small' },
  { rating: 'down' },
  { minDurationMs: 60_000 },
  { minFirstTokenMs: 1500, route: 'local' },
  { minCostUsd: 1 },
  { since: now - DAY_MS, until: now - DAY_MS / 2 },
  { text: 'the' },
  { text: 't' },
  { text: 'recipe four', status: 'failed' },
  { text: '请' },
  { text: 'zzzz' },
  { text: '01990000-0000' },
];

export async function benchTraces(options: { quick: boolean; say: (text: string) => void }): Promise<TracesFigures> {
  const count = options.quick ? 100_000 : 1_000_000;
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-traces-'));
  const standIn = await startChild([join(root, 'test', 'bench', 'api', 'stand-in.ts')]);
  try {
    options.say(`Seeding ${count} traces …`);
    const from = performance.now();
    await promisify(execFile)(process.execPath, [
      ...[join(root, 'electron', 'headless.ts'), 'seed', '--scenario', 'traces'],
      ...['--count', String(count), '--data', folder],
    ]);
    const seedSeconds = (performance.now() - from) / 1000;
    writeFileSync(join(folder, 'config.yaml'), config(standIn.url));
    process.env['SWITCHYARD_BENCH_KEY'] = 'bench';
    const core = createCore({
      dataDir: folder,
      resourcesDir: join(root, 'resources'),
      spawnHost: createNodeSpawn(),
      clock: systemClock,
      log: silentLog,
      source: 'cli',
    });
    try {
      return { traces: count, seedSeconds: rounded(seedSeconds, 1), ...(await measure(core, folder, options)) };
    } finally {
      await core.dispose();
    }
  } finally {
    await standIn.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(core: Core, folder: string, { quick }: { quick: boolean }) {
  await core.models.ready;
  const bytesPerSpan = statSync(join(folder, 'switchyard.db')).size / countSpans(core);
  storeLongTrace(core);
  const { handlers } = core;
  const now = Date.now();
  const list = (filter: TraceFilter) => () => handlers['trace.list']({ filter, limit: PAGE });
  const month = { since: now - 30 * DAY_MS, until: now };
  const dashboards = ([null, 'model', 'route', 'prompt'] as const).map(
    (by) => () => handlers['trace.overview']({ ...month, by }),
  );
  const open = () => handlers['trace.get']({ traceId: LONG_ID });
  const rounds = quick ? 5 : 20;

  await gaps(core, 3);
  const calm = await gaps(core, rounds);
  await list({})();
  const firstPage = await times(rounds, list({}));
  const filters: { filter: TraceFilter; p95Ms: number }[] = [];
  for (const filter of filtersAt(now))
    filters.push({ filter, p95Ms: quantile(await times(rounds, list(filter)), 0.95) });
  filters.sort((a, b) => b.p95Ms - a.p95Ms);
  const dashboard: number[] = [];
  for (const each of dashboards) dashboard.push(...(await times(rounds, each)));
  const long = await times(rounds, open);

  let over = false;
  const asking = (async () => {
    const all = [list({}), ...filtersAt(now).map(list), ...dashboards, open];
    for (let i = 0; !over; i++) await all[i % all.length]?.();
  })();
  const busy = await gaps(core, rounds);
  over = true;
  await asking;
  return {
    firstPageP95Ms: rounded(quantile(firstPage, 0.95)),
    filterP95Ms: rounded(filters[0]?.p95Ms ?? NaN),
    slowestFilter: JSON.stringify(filters[0]?.filter),
    dashboardP95Ms: rounded(quantile(dashboard, 0.95)),
    longTraceP95Ms: rounded(quantile(long, 0.95)),
    bytesPerSpan: rounded(bytesPerSpan, 0),
    gapGrowthP99Ms: rounded(quantile(busy, 0.99) - quantile(calm, 0.99)),
  };
}

async function times(rounds: number, work: () => unknown): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const from = performance.now();
    await work();
    found.push(performance.now() - from);
  }
  return found;
}

/** Times between two pieces of answers that come every 10 ms, ms. */
async function gaps(core: Core, answers: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < answers; i++) {
    const { events } = core.complete.start(
      {
        messages: [{ role: 'user', text: `Count, ${Math.random()}` }],
        route: `bench/${PACED_MODEL_ID}`,
        sampling: {},
        stop: [],
        source: 'cli',
      },
      new AbortController().signal,
    );
    let last = 0;
    for await (const event of events) {
      if (event.kind === 'fault') throw new Error(event.fault.detail);
      if (event.kind !== 'delta') continue;
      const at = performance.now();
      if (last > 0) found.push(at - last);
      last = at;
    }
  }
  if (quantile(found, 0.5) < PACE_MS / 2) throw new Error('The answers did not come piece by piece.');
  return found;
}

/** Spans of the newest thousand traces, scaled to all. */
function countSpans(core: Core): number {
  const { rows, total } = core.traces.list({}, null, 1000);
  const spans = rows.reduce((sum, { id }) => sum + (core.traces.get(id)?.spans.length ?? 0), 0);
  return (spans / rows.length) * total;
}

function storeLongTrace(core: Core): void {
  const mintId = createMintId(systemClock, (bytes) => randomFillSync(bytes));
  const rootId = mintId();
  const spans = Array.from({ length: LONG_SPANS }, (_, i): Span => ({
    id: i === 0 ? rootId : mintId(),
    parentId: i === 0 ? null : rootId,
    kind: i === 0 ? 'turn' : 'attempt',
    name: `Attempt ${i}: Acme Big`,
    startMs: i * 1.37,
    durationMs: 100 + i / 7,
    status: 'ok',
    fault: null,
    attributes: { modelId: 'acme/big', number: i, tokensIn: i * 3, tokensOut: 7, costUsd: i / 1e6, action: 'answered' },
    events: [],
  }));
  const { rows } = core.traces.list({}, null, 1);
  const [row] = rows;
  if (row) core.store.traces.save({ ...row, id: LONG_ID, startedAt: Date.now(), decision: null, spans }, []);
}
