import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { sqliteBinding } from '../../native/sqlite/index.ts';

/** Where a thread of this room begins. */
export interface ThreadEntry {
  /** From this folder, under Node. */
  readonly source: string;
  /** Beside the bundle, when this file is itself bundled: as in `vite.app.config.ts`. */
  readonly bundle: string;
}

const pathOf = ({ source, bundle }: ThreadEntry): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? `./${source}` : `./${bundle}`, import.meta.url));

/** Starts a thread on a database file: it finds the path in `workerData`. The process ends without waiting for it. */
export function startThread(entry: ThreadEntry | string, databasePath: string): Worker {
  const binding = sqliteBinding(process.env, Reflect.get(process, 'resourcesPath'));
  const thread = new Worker(typeof entry === 'string' ? entry : pathOf(entry), {
    workerData: databasePath,
    env: { ...process.env, ...(binding ? { SWITCHYARD_SQLITE_BINDING: binding } : {}) },
    execArgv: [],
  });
  thread.unref();
  return thread;
}
