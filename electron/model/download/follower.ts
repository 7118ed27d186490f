import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { PartSums } from '../../contract/entities/download.ts';

/** What the follower's thread is told. */
type Order =
  /** The file is right to read up to here. `epoch` = how often it was told to go back. */
  { readonly upTo: number; readonly epoch: number } | { readonly restart: true; readonly epoch: number };

const said = z.union([
  z.object({ at: z.number(), epoch: z.number() }),
  z.object({ badPart: z.number(), epoch: z.number() }),
  z.object({ sum: z.string(), epoch: z.number() }),
  z.object({ error: z.string() }),
]);

/**
 * Runs in a thread of its own, from its own text: a bundle needs no further file for it. Reads the file behind its writer, so
 * that at the end next to nothing is left to sum up, and holds each part against its sum as soon as it is whole.
 */
function threadMain(): void {
  const { createHash } = process.getBuiltinModule('node:crypto');
  const { openSync, readSync } = process.getBuiltinModule('node:fs');
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  const { path, sizeBytes, parts } = workerData as { path: string; sizeBytes: number; parts: PartSums | null };
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(1024 * 1024);
  let whole = createHash('sha256');
  let part = createHash('sha256');
  let before = whole.copy();
  let at = 0;
  let upTo = 0;
  let epoch = 0;
  let working = false;
  const partEnd = (): number =>
    parts ? Math.min(sizeBytes, (Math.floor(at / parts.bytes) + 1) * parts.bytes) : Number.POSITIVE_INFINITY;
  const slice = (): void => {
    working = false;
    // About 16 ms, then orders are heard.
    for (let rounds = 0; rounds < 16 && at < upTo; rounds++) {
      const want = Math.min(buffer.byteLength, upTo - at, partEnd() - at);
      const end = partEnd();
      const read = readSync(file, buffer, 0, want, at);
      if (read === 0) throw new Error('The file is shorter than what was written to it.');
      const bytes = buffer.subarray(0, read);
      whole.update(bytes);
      if (parts) part.update(bytes);
      at += read;
      if (parts && at === end) {
        const index = Math.ceil(at / parts.bytes) - 1;
        if (part.digest('hex') !== parts.sha256[index]) {
          at = index * parts.bytes;
          upTo = at;
          whole = before;
          before = whole.copy();
          part = createHash('sha256');
          epoch++;
          parentPort?.postMessage({ badPart: index, epoch });
          return;
        }
        part = createHash('sha256');
        before = whole.copy();
      }
    }
    if (at >= sizeBytes) parentPort?.postMessage({ sum: whole.copy().digest('hex'), epoch });
    else if (at < upTo) {
      working = true;
      setImmediate(slice);
    } else parentPort?.postMessage({ at, epoch });
  };
  parentPort?.on('message', (order: Order) => {
    if ('restart' in order) {
      epoch = order.epoch;
      at = 0;
      upTo = 0;
      whole = createHash('sha256');
      part = createHash('sha256');
      before = whole.copy();
      return;
    }
    if (order.epoch !== epoch) return;
    upTo = Math.max(upTo, order.upTo);
    if (!working) {
      working = true;
      setImmediate(slice);
    }
  });
}

/** The thread follows at most so far behind. */
const TELL_BYTES = 1024 * 1024;

export interface FollowerDeps {
  readonly path: string;
  readonly sizeBytes: number;
  readonly parts: PartSums | null;
  /** Part `index` (from 0) is wrong; the follower waits at its beginning. */
  readonly onBadPart: (index: number) => void;
}

/** Sums a file up while it is being written. The file must exist. */
export function createFollower({ path, sizeBytes, parts, onBadPart }: FollowerDeps) {
  let epoch = 0;
  let failed: Error | null = null;
  let sum: string | null = null;
  let waiting: { resolve: (sum: string) => void; reject: (error: Error) => void } | null = null;
  const worker = new Worker(`(${threadMain.toString()})()`, { eval: true, workerData: { path, sizeBytes, parts } });
  worker.unref();
  const fail = (error: Error): void => {
    failed = error;
    waiting?.reject(error);
    waiting = null;
  };
  worker.on('error', (error) => {
    fail(error instanceof Error ? error : new Error(String(error)));
  });
  worker.on('exit', () => {
    fail(failed ?? new Error('The thread that sums the file up ended.'));
  });
  worker.on('message', (message: unknown) => {
    const parsed = said.parse(message);
    if ('badPart' in parsed) {
      epoch = parsed.epoch;
      sum = null;
      waiting?.resolve('');
      waiting = null;
      onBadPart(parsed.badPart);
    } else if ('sum' in parsed && parsed.epoch === epoch) {
      sum = parsed.sum;
      waiting?.resolve(sum);
      waiting = null;
    }
  });
  let told = 0;
  const post = (order: Order): void => {
    worker.postMessage(order);
  };
  return {
    /** Everything up to here is on disk. Cheap: the thread is woken once a megabyte. */
    upTo(bytes: number): void {
      if (bytes < sizeBytes && bytes >= told && bytes - told < TELL_BYTES) return;
      told = bytes;
      post({ upTo: bytes, epoch });
    },
    /** The SHA-256 of the whole file, in hexadecimal digits; empty = a part was wrong, ask again when it is mended. */
    whole(): Promise<string> {
      if (failed) return Promise.reject(failed);
      if (sum !== null) return Promise.resolve(sum);
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        post({ upTo: sizeBytes, epoch });
      });
    },
    /** The file changed behind it: begin anew. */
    restart(): void {
      epoch++;
      sum = null;
      post({ restart: true, epoch });
    },
    async dispose(): Promise<void> {
      waiting = null;
      await worker.terminate();
    },
  };
}

/** The SHA-256 of a file that is whole, without keeping this thread busy. */
export async function sumOfFile(path: string, sizeBytes: number): Promise<string> {
  const follower = createFollower({ path, sizeBytes, parts: null, onBadPart: () => undefined });
  try {
    return await follower.whole();
  } finally {
    await follower.dispose();
  }
}
