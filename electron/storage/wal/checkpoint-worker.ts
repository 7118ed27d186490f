import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '../../../native/sqlite/index.ts';
import { checkpoint } from './checkpoint.ts';

/** A thread that moves the WAL when it is told to, and answers when it is done. Between that it holds nothing open. */
parentPort?.on('message', () => {
  const db = openDatabase({ path: String(workerData), mapError: (error) => error });
  try {
    checkpoint(db);
  } finally {
    db.close();
  }
  parentPort?.postMessage('done');
});
