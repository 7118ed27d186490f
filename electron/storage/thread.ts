import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { sqliteBinding } from '../../native/sqlite/index.ts';
import type { Log } from '../base/log.ts';
import type { Timers } from '../base/timers.ts';

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

/** A thread goes when nothing was asked of it for so long, in ms: it holds some 15 MB. */
const IDLE_MS = 120_000;

/** A thread that is there while something is asked of it. */
export interface RestingThread {
  /** Starts it when it rests. */
  post(message: object): void;
  readonly isThere: () => boolean;
  /** Resolves when it is gone; `onExit` is not called. */
  dispose(): Promise<void>;
}

/** `onExit` = it ended unasked. A thread that rests was told `null`: it ends by itself. */
export function createRestingThread<Answer>(deps: {
  readonly entry: ThreadEntry | string;
  readonly path: string;
  readonly timers: Timers;
  readonly log: Log;
  /** What its errors are called in the log. */
  readonly name: string;
  /** It owes an answer. */
  readonly isBusy: () => boolean;
  readonly onMessage: (answer: Answer) => void;
  readonly onExit: () => void;
}): RestingThread {
  let thread: Worker | null = null;
  let cancelIdle: (() => void) | null = null;
  const start = (): Worker => {
    const made = startThread(deps.entry, deps.path);
    made.on('message', deps.onMessage);
    made.on('error', (error) => {
      deps.log.write('warn', deps.name, { reason: error instanceof Error ? error.message : String(error) });
    });
    made.on('exit', () => {
      if (thread !== made) return;
      thread = null;
      deps.onExit();
    });
    return made;
  };
  const rest = (): void => {
    cancelIdle?.();
    cancelIdle = deps.timers.after(IDLE_MS, () => {
      cancelIdle = null;
      if (deps.isBusy()) return rest();
      thread?.postMessage(null);
      thread = null;
    });
  };
  return {
    post(message) {
      thread ??= start();
      thread.postMessage(message);
      rest();
    },
    isThere: () => thread !== null,
    async dispose() {
      cancelIdle?.();
      const ending = thread;
      thread = null;
      await ending?.terminate();
    },
  };
}
