import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../electron/base/clock.ts';
import { createMintId, type MintId } from '../../electron/base/ids.ts';
import { silentLog } from '../../electron/base/log.ts';
import type { ReplyInfo } from '../../electron/contract/entities/chat.ts';
import type { Span, TraceRow } from '../../electron/contract/entities/trace.ts';
import { openDatabase } from '../../native/sqlite/index.ts';
import { openStore, type Store, type TurnBegin, type TurnEnd } from '../../electron/storage/index.ts';

export const AT = Date.UTC(2026, 2, 14, 15, 9, 26);

/** A folder that is gone when the test is over. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-storage-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A clock that stands still until it is moved, and ids that are the same in every run. */
export function makeTime(): { clock: Clock; mintId: MintId; pass(ms: number): void } {
  let now = AT;
  const clock: Clock = { now: () => now, monotonicMs: () => now };
  let seed = 1;
  const mintId = createMintId(clock, (bytes) => bytes.map(() => (seed = (seed * 48_271) % 2_147_483_647) & 0xff));
  return { clock, mintId, pass: (ms) => void (now += ms) };
}

export interface TestStore {
  readonly store: Store;
  readonly folder: string;
  readonly path: string;
  readonly snapshotDir: string;
  readonly mintId: MintId;
  reopen(): Store;
}

/** A real database file in a folder of its own. */
export function makeStore(folder = makeFolder()): TestStore {
  const { clock, mintId } = makeTime();
  const path = join(folder, 'switchyard.db');
  const snapshotDir = join(folder, 'snapshots');
  const open = (): Store => {
    const store = openStore({ path, snapshotDir, clock, mintId, log: silentLog });
    onTestFinished(() => store.dispose());
    return store;
  };
  return { store: open(), folder, path, snapshotDir, mintId, reopen: open };
}

export const emptyReply = (traceId: string): ReplyInfo => ({
  traceId,
  modelId: 'local/switchyard-starter',
  modelName: 'Switchyard starter',
  route: 'local',
  degraded: false,
  degradedReason: null,
  promptVersionId: null,
  tokensIn: 12,
  tokensCached: 4,
  tokensOut: 30,
  contextTokens: 2048,
  firstTokenMs: 80.5,
  durationMs: 900.25,
  tokensPerSecond: 88.8,
  costUsd: 0,
  finishReason: 'stop',
  fault: null,
  rating: null,
});

export const makeTraceRow = (id: string, patch: Partial<TraceRow> = {}): TraceRow => ({
  id,
  turnId: null,
  conversationId: null,
  messageId: null,
  startedAt: AT,
  durationMs: null,
  status: 'running',
  source: 'app',
  private: false,
  modelId: null,
  modelName: null,
  route: null,
  degraded: false,
  faultCode: null,
  faultOrigin: null,
  promptVersionId: null,
  tokensIn: 0,
  tokensCached: 0,
  tokensOut: 0,
  firstTokenMs: null,
  tokensPerSecond: null,
  costUsd: 0,
  rating: null,
  preview: '',
  ...patch,
});

export const makeSpan = (id: string, patch: Partial<Span> = {}): Span => ({
  id,
  parentId: null,
  kind: 'turn',
  name: 'turn',
  startMs: 0,
  durationMs: 12.5,
  status: 'ok',
  fault: null,
  attributes: { 'model.id': 'local/switchyard-starter', threads: 1 },
  events: [],
  ...patch,
});

/** What `beginTurn` wants for a new question, or, without `text`, for another reply to `parentId`. */
export function makeBegin(
  mintId: MintId,
  conversationId: string,
  parentId: string | null,
  text: string | null,
  patch: Partial<TurnBegin> = {},
): TurnBegin {
  const [userId, replyId, turnId, traceId] = [mintId(), mintId(), mintId(), mintId()];
  return {
    conversation: { id: conversationId, private: false, route: 'auto', title: (text ?? '').slice(0, 40) },
    userMessage: text === null ? null : { id: userId, parentId, text },
    replyId,
    replyParentId: text === null ? (parentId ?? '') : userId,
    turnId,
    traceId,
    promptVersionId: null,
    replyStatus: 'streaming',
    at: AT,
    trace: makeTraceRow(traceId, { turnId, conversationId, messageId: replyId, preview: (text ?? '').slice(0, 120) }),
    ...patch,
  };
}

export const makeEnd = (begin: TurnBegin, text: string, patch: Partial<TurnEnd> = {}): TurnEnd => ({
  replyId: begin.replyId,
  status: 'complete',
  text,
  reply: { ...emptyReply(begin.traceId), promptVersionId: begin.promptVersionId },
  trace: { ...begin.trace, status: 'ok', durationMs: 900, modelId: 'local/switchyard-starter', route: 'local' },
  decision: null,
  spans: [],
  usage: null,
  at: AT + 900,
  ...patch,
});

/** One whole turn; returns the ids of its messages. */
export function playTurn(
  { store, mintId }: Pick<TestStore, 'store' | 'mintId'>,
  conversationId: string,
  parentId: string | null,
  question: string | null,
  answer: string,
): { userId: string; replyId: string; traceId: string } {
  const begin = makeBegin(mintId, conversationId, parentId, question);
  store.chat.beginTurn(begin);
  store.chat.endTurn(makeEnd(begin, answer));
  return { userId: begin.replyParentId, replyId: begin.replyId, traceId: begin.traceId };
}

/** Breaks the newest rows of one table as a failing disk would: the last bytes of its page become nonsense. */
export function overwriteTableEnd(path: string, table: string): void {
  const db = openDatabase({ path, mode: 'read' });
  const page = db.get(
    `SELECT pageno AS number, pgsize AS bytes FROM dbstat WHERE name = ? AND pagetype = 'leaf' LIMIT 1`,
    table,
  );
  db.close();
  const bytes = Number(page?.['bytes']);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(600, 0xa7), 0, 600, Number(page?.['number']) * bytes - 600);
  closeSync(file);
}
