import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { PartSums } from '../../contract/entities/download.ts';
import { threadMain } from './follower-thread.ts';
import type { Order } from './follower-thread.ts';

const said = z.union([
  z.object({ file: z.number(), badPart: z.number(), epoch: z.number() }),
  z.object({ file: z.number(), sum: z.string(), epoch: z.number() }),
  z.object({ file: z.number(), error: z.string() }),
  z.object({ file: z.number(), closed: z.literal(true) }),
]);
type Said = z.infer<typeof said>;

/** The thread follows at most so far behind. */
const TELL_BYTES = 1024 * 1024;

export interface FollowedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly parts: PartSums | null;
  /** Part `index` (from 0) is wrong; the follower waits at its beginning. */
  readonly onBadPart: (index: number) => void;
}

/**
 * Sums files up while they are being written, all in one thread: each thread more would keep a killed process dying, and its
 * sockets taking bytes that nobody will read, for about another 8 ms. There is a thread only while a file is followed.
 */
export function createFollowers() {
  interface Thread {
    readonly worker: Worker;
    readonly files: Map<number, { hear: (message: Said) => void; fail: (error: Error) => void }>;
  }
  let thread: Thread | null = null;
  let nextFile = 1;

  function threadUp(): Thread {
    if (thread) return thread;
    const worker = new Worker(`(${threadMain.toString()})()`, { eval: true });
    worker.unref();
    const files: Thread['files'] = new Map();
    const fail = (error: Error): void => {
      if (thread?.worker === worker) thread = null;
      for (const known of [...files.values()]) known.fail(error);
    };
    worker.on('error', (error) => {
      fail(error instanceof Error ? error : new Error(String(error)));
    });
    worker.on('exit', () => {
      fail(new Error('The thread that sums files up ended.'));
    });
    worker.on('message', (message: unknown) => {
      const parsed = said.parse(message);
      files.get(parsed.file)?.hear(parsed);
    });
    return (thread = { worker, files });
  }

  /** Follows one file, which must exist. */
  function follow({ path, sizeBytes, parts, onBadPart }: FollowedFile) {
    const mine = threadUp();
    const { worker, files } = mine;
    const file = nextFile++;
    let epoch = 0;
    let failed: Error | null = null;
    let sum: string | null = null;
    let waiting: { resolve: (sum: string) => void; reject: (error: Error) => void } | null = null;
    let isClosed: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (isClosed = resolve));
    const settle = (found: string): void => {
      waiting?.resolve(found);
      waiting = null;
    };
    const fail = (error: Error): void => {
      failed ??= error;
      waiting?.reject(failed);
      waiting = null;
    };
    files.set(file, {
      hear(message) {
        if ('closed' in message) isClosed();
        else if ('error' in message) fail(new Error(message.error));
        else if ('badPart' in message) {
          epoch = message.epoch;
          sum = null;
          settle('');
          onBadPart(message.badPart);
        } else if (message.epoch === epoch) {
          sum = message.sum;
          settle(sum);
        }
      },
      fail(error) {
        fail(error);
        isClosed();
      },
    });
    const post = (order: Order): void => {
      worker.postMessage(order);
    };
    let told = 0;
    post({ file, open: { path, sizeBytes, parts } });
    return {
      /** Everything up to here is on disk. Cheap: the thread is woken once a megabyte. */
      upTo(bytes: number): void {
        if (bytes < sizeBytes && bytes >= told && bytes - told < TELL_BYTES) return;
        told = bytes;
        post({ file, upTo: bytes, epoch });
      },
      /** The SHA-256 of the whole file, in hexadecimal digits; empty = a part was wrong, ask again when it is mended. */
      whole(): Promise<string> {
        if (failed) return Promise.reject(failed);
        if (sum !== null) return Promise.resolve(sum);
        return new Promise((resolve, reject) => {
          waiting = { resolve, reject };
          post({ file, upTo: sizeBytes, epoch });
        });
      },
      /** The file changed behind it: begin anew. */
      restart(): void {
        epoch++;
        sum = null;
        post({ file, restart: true, epoch });
      },
      /** Resolves when the thread holds the file open no more. */
      async dispose(): Promise<void> {
        waiting = null;
        post({ file, close: true });
        await closed;
        files.delete(file);
        if (files.size > 0) return;
        if (thread === mine) thread = null;
        await worker.terminate();
      },
    };
  }

  return {
    follow,
    /** The SHA-256 of a file that is whole, without keeping this thread busy. */
    async sumOf(path: string, sizeBytes: number): Promise<string> {
      const follower = follow({ path, sizeBytes, parts: null, onBadPart: () => undefined });
      try {
        return await follower.whole();
      } finally {
        await follower.dispose();
      }
    },
  };
}
export type Followers = ReturnType<typeof createFollowers>;
