import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '../../../native/sqlite/index.ts';
import { sqliteFault } from '../faults.ts';
import { createReadAnswerer, type ReadQuestion } from './answer-reads.ts';

/** The reading thread: one connection that never writes. Ends when its owner says so. */
const path = String(workerData);
const db = openDatabase({ path, mode: 'read', mapError: (error) => sqliteFault(error, dirname(path)) });
const answer = createReadAnswerer(db);

parentPort?.on('message', (question: ReadQuestion | null) => {
  if (question !== null) {
    parentPort?.postMessage(answer(question));
    return;
  }
  db.close();
  parentPort?.close();
});
