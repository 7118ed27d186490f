import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../electron/base/clock.ts';
import { createMintId, type MintId } from '../../electron/base/ids.ts';
import { silentLog } from '../../electron/base/log.ts';
import { openDatabase } from '../../native/sqlite/index.ts';
import { openStore, type Store } from '../../electron/storage/index.ts';
import { AT, makeBegin, makeEnd } from './storage-rows.ts';

export { AT, EGRESS_END, emptyReply, makeBegin, makeEgress, makeEnd, makeSpan, makeTraceRow } from './storage-rows.ts';

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
