import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '../../../native/sqlite/index.ts';
import { sqliteFault } from '../faults.ts';
import { rollTraces } from '../trace-rollups.ts';
import { checkpoint } from '../wal/checkpoint.ts';
import { ROWS_AT_ONCE, saveEgress } from './save-egress.ts';
import { isEnded, saveTraces } from './save-traces.ts';
import type { EndedTrace } from './save-traces.ts';
import type { WriteAnswer, WriteRequest } from './side-writes.ts';

/** Most traces a transaction, and most text in UTF-16 units: others wait for the lock no longer than some milliseconds, and each transaction costs as much as two traces. */
const AT_ONCE = 32;
const MOST_TEXT = 128 * 1024;

const path = String(workerData);
const db = openDatabase({ path, mapError: (error) => sqliteFault(error, dirname(path)) });

/** Whoever was faster with a trace wins. */
const store = (some: readonly EndedTrace[]): void => saveTraces(db, some, (traceId) => isEnded(db, traceId));

const save = (lines: readonly string[]): void => {
  for (let at = 0; at < lines.length;) {
    const from = at;
    let text = 0;
    // One alone may be longer.
    do text += lines[at++]?.length ?? 0;
    while (at < lines.length && at - from < AT_ONCE && text + (lines[at]?.length ?? 0) <= MOST_TEXT);
    // Written by this process a moment ago; only what a killed one left is looked at before it is believed.
    const some = lines.slice(from, at).map((line) => JSON.parse(line) as EndedTrace);
    try {
      store(some);
    } catch {
      // One that cannot be stored keeps none in front of it from being stored.
      for (const one of some) store([one]);
    }
  }
};

/** The writing thread: stores lines of the journal and rows of the egress log, adds traces to their sums, moves the WAL. */
parentPort?.on('message', (request: WriteRequest | null) => {
  if (request === null) {
    db.close();
    parentPort?.close();
    return;
  }
  let answer: WriteAnswer = { id: request.id };
  try {
    if ('lines' in request) save(request.lines);
    else if ('egress' in request) {
      for (let at = 0; at < request.egress.length; at += ROWS_AT_ONCE)
        saveEgress(db, request.egress.slice(at, at + ROWS_AT_ONCE));
    } else if ('checkpoint' in request) checkpoint(db);
    else answer = { id: request.id, rolled: rollTraces(db, request.roll.most, request.roll.exporting) };
  } catch (error) {
    answer = { id: request.id, problem: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
