import { dirname } from 'node:path';
import { openDatabase, type Database } from '../../native/sqlite/index.ts';
import type { MintId } from '../base/ids.ts';
import type { Trace, UsageEntry } from '../contract/entities/trace.ts';
import { storeConversation } from './chat-import.ts';
import { sqliteFault } from './faults.ts';
import { createIndexQueue, type AddText } from './search-index.ts';
import type { ConversationDump } from './store.ts';
import { packPayload } from './trace-payload.ts';
import { rollTraces } from './trace-rollups.ts';
import { firstTraceSeq, insertTrace, insertUsage, nextTraceSeq, savePacked } from './trace-rows.ts';

/** Rows in one transaction: large enough that the search index is written in few pieces, small enough for memory. */
const ROWS_PER_TRANSACTION = 10_000;

/** A trace with its ledger entries. */
export interface BulkTrace {
  readonly trace: Trace;
  readonly usages: readonly UsageEntry[];
  /** Its decision and spans as `packPayload` makes them, where many traces have the same ones. */
  readonly packed?: Uint8Array;
}

/** Fast ways in for seeds and benchmarks: the same rows as the store writes, many in one transaction. */
export interface Bulk {
  /** Returns how many were stored; one whose id is known is skipped. */
  conversations(dumps: Iterable<ConversationDump>): number;
  /** All must be new; quickest in order of `startedAt`. Returns how many were stored. */
  traces(items: Iterable<BulkTrace>): number;
  /** Takes every trace that ended into the sums over time. */
  roll(): void;
  dispose(): void;
}

/** A connection of its own to a database that `openStore` has made; both may be open at once. */
export function openBulk({ path, mintId }: { path: string; mintId: MintId }): Bulk {
  const db = openDatabase({ path, mapError: (error) => sqliteFault(error, dirname(path)) });
  return {
    conversations: (dumps) =>
      inBatches(
        db,
        dumps,
        (dump) => dump.messages.length + 1,
        (dump, addText) => storeConversation(db, dump, mintId, addText),
      ),
    traces: (items) => {
      const nextSeq = createTraceKeys(db);
      return inBatches(
        db,
        items,
        () => 1,
        ({ trace, usages, packed }, addText) => {
          const seq = nextSeq(trace.startedAt);
          insertTrace(db, trace, seq, addText);
          savePacked(db, seq, packed ?? packPayload(trace.decision, trace.spans, trace.content));
          insertUsage(db, usages);
          return true;
        },
      );
    },
    roll: () => {
      while (rollTraces(db, ROWS_PER_TRANSACTION) === ROWS_PER_TRANSACTION);
    },
    dispose: () => db.close(),
  };
}

/** Asks the table only when time moved on, not for every trace of one millisecond. */
function createTraceKeys(db: Database): (startedAt: number) => number {
  let last = -1;
  return (startedAt) => {
    const follows = last >= firstTraceSeq(startedAt) && last + 1 < firstTraceSeq(startedAt + 1);
    last = follows ? last + 1 : nextTraceSeq(db, startedAt);
    return last;
  };
}

function inBatches<T>(
  db: Database,
  items: Iterable<T>,
  weigh: (item: T) => number,
  store: (item: T, addText: AddText) => boolean,
): number {
  const iterator = items[Symbol.iterator]();
  let stored = 0;
  let done = false;
  while (!done) {
    db.write(() => {
      const queue = createIndexQueue(db);
      for (let rows = 0; rows < ROWS_PER_TRANSACTION && !done;) {
        const next = iterator.next();
        if (next.done) done = true;
        else {
          if (store(next.value, queue.add)) stored++;
          rows += weigh(next.value);
        }
      }
      queue.flush();
    });
  }
  return stored;
}
