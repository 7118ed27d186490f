import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../electron/base/clock.ts';
import { createMintId } from '../../electron/base/ids.ts';
import { silentLog } from '../../electron/base/log.ts';
import { openBulk, openStore, type Store } from '../../electron/storage/index.ts';
import { createRandom, createWriter, makeConversation, makeTrace, type SeedTools } from './storage-seed.ts';

/** All in milliseconds but sizes; p95 over the rounds of each case. */
export interface StorageBench {
  /** Latest 100 messages of a conversation with 10,000 on one branch. */
  readonly openThreadP95Ms: number;
  /** 100 messages anywhere in it. */
  readonly scrollThreadP95Ms: number;
  /** Over common words, rare words, one and two letters, Chinese, several words; 100,000 messages. */
  readonly searchP95Ms: number;
  readonly searchWorst: { readonly query: string; readonly p95Ms: number };
  readonly showBranchP95Ms: number;
  readonly fullPathMs: number;
  readonly recentPathMs: number;
  readonly listConversationsMs: number;
  readonly traceListP95Ms: number;
  readonly traceFilterP95Ms: number;
  readonly traceBytes: number;
  readonly insertLongConversationMs: number;
  readonly insertHundredThousandMs: number;
  readonly insertTracesMs: number;
  readonly reopenMs: number;
  readonly quickCheckMs: number;
  readonly databaseMb: number;
}

const LONG = 10_000;
const CONVERSATIONS = 1_800;
const MESSAGES_EACH = 50;
const TRACES = 10_000;
const WINDOW = 100;
const FIRST_AT = Date.UTC(2026, 0, 1);

const QUERIES = [
  ...[
    'the',
    'of and the',
    't',
    'th',
    'q',
    'qu',
    'k',
    'a t',
    'kalo',
    'kalomiter',
    'tionzu fybo',
    'zzzz',
    'interversu',
    'a',
  ],
  ...['的', '是不', '时要', '一', '会可也', '大为和国', 'the 的', '"the', 'THE, of!', 'xqj'],
];

/** Builds a database of 100,000 messages and 10,000 traces in a temporary folder and measures what people wait for. */
export async function benchStorage(): Promise<StorageBench> {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-bench-'));
  try {
    return measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await Promise.resolve();
  }
}

function measure(folder: string): StorageBench {
  const random = createRandom(7);
  const mintId = createMintId(systemClock, (bytes) => bytes.map(() => Math.floor(random() * 256)));
  const tools: SeedTools = { mintId, random, write: createWriter(random) };
  const path = join(folder, 'switchyard.db');
  const open = (): Store =>
    openStore({ path, snapshotDir: join(folder, 'snapshots'), clock: systemClock, mintId, log: silentLog });
  open().dispose();
  const { long, ...inserted } = fill(path, tools);
  let store: Store | null = null;
  const reopenMs = timed(() => {
    store = open();
  });
  const opened = store ?? open();
  try {
    return { ...inserted, reopenMs, ...ask(opened, long, tools), databaseMb: statSync(path).size / 1e6 };
  } finally {
    opened.dispose();
  }
}

function fill(path: string, tools: SeedTools) {
  const bulk = openBulk({ path, mintId: tools.mintId });
  const long = makeConversation(tools, LONG, FIRST_AT);
  const others = Array.from({ length: CONVERSATIONS }, (_, i) =>
    makeConversation(tools, MESSAGES_EACH, FIRST_AT + i * 3_600_000),
  );
  const traces = Array.from({ length: TRACES }, (_, i) => makeTrace(tools, FIRST_AT + i * 60_000));
  const insertLongConversationMs = timed(() => bulk.conversations([long]));
  const insertHundredThousandMs = timed(() => bulk.conversations(others)) + insertLongConversationMs;
  const before = statSync(path).size;
  const insertTracesMs = timed(() => bulk.traces(traces));
  bulk.dispose();
  const traceBytes = Math.round((statSync(path).size - before) / TRACES);
  return { long, insertLongConversationMs, insertHundredThousandMs, insertTracesMs, traceBytes };
}

function ask(store: Store, long: ReturnType<typeof makeConversation>, { random }: SeedTools) {
  const { chat, traces } = store;
  const { id, headMessageId } = long.conversation;
  const head = headMessageId ?? '';
  const perQuery = QUERIES.map((query) => ({ query, times: rounds(10, () => chat.search(query, 50)) }));
  const slowest = perQuery
    .map(({ query, times }) => ({ query, p95Ms: p95(times) }))
    .sort((a, b) => b.p95Ms - a.p95Ms)[0];
  return {
    openThreadP95Ms: p95(rounds(50, () => chat.thread(id, null, WINDOW))),
    scrollThreadP95Ms: p95(rounds(50, () => chat.thread(id, Math.floor(random() * (LONG - WINDOW)), WINDOW))),
    searchP95Ms: p95(perQuery.flatMap(({ times }) => times)),
    searchWorst: slowest ?? { query: '', p95Ms: 0 },
    showBranchP95Ms: p95(rounds(20, () => chat.showBranch(long.messages[1]?.id ?? head))),
    fullPathMs: p95(rounds(5, () => chat.path(head))),
    recentPathMs: p95(rounds(20, () => chat.path(head, 20_000))),
    listConversationsMs: p95(rounds(10, () => chat.list())),
    traceListP95Ms: p95(rounds(20, () => traces.list({}, null, WINDOW))),
    traceFilterP95Ms: p95(
      [
        { status: 'failed' as const },
        { degraded: true },
        { minDurationMs: 7900 },
        { text: 'the ka' },
        { modelId: 'acme/big' },
      ].flatMap((filter) => rounds(10, () => traces.list(filter, null, WINDOW))),
    ),
    quickCheckMs: timed(() => store.check(false)),
  };
}

function timed(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

const rounds = (count: number, work: () => unknown): number[] => Array.from({ length: count }, () => timed(work));

function p95(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? 0;
}
