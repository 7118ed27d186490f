import type { PartSums } from '../../contract/entities/download.ts';

/** What the thread is told of file `file`, a number its opener gave it. */
export type Order =
  | {
      readonly file: number;
      readonly open: { readonly path: string; readonly sizeBytes: number; readonly parts: PartSums | null };
    }
  /** The file is right to read up to here. `epoch` = how often it was told to go back. */
  | { readonly file: number; readonly upTo: number; readonly epoch: number }
  | { readonly file: number; readonly restart: true; readonly epoch: number }
  | { readonly file: number; readonly close: true };

/**
 * Runs in a thread of its own, from its own text: a bundle needs no further file for it. Reads each file behind its writer, so
 * that at the end next to nothing is left to sum up, and holds each part against its sum as soon as it is whole.
 */
export function threadMain(): void {
  const { createHash } = process.getBuiltinModule('node:crypto');
  const { closeSync, openSync, readSync } = process.getBuiltinModule('node:fs');
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  const buffer = Buffer.alloc(1024 * 1024);
  const files = new Map<number, { take: (order: Order) => void; close: () => void }>();

  function follow(file: number, path: string, sizeBytes: number, parts: PartSums | null) {
    const handle = openSync(path, 'r');
    let whole = createHash('sha256');
    let part = createHash('sha256');
    let before = whole.copy();
    let at = 0;
    let upTo = 0;
    let epoch = 0;
    let working = false;
    let closed = false;
    const partEnd = (): number =>
      parts ? Math.min(sizeBytes, (Math.floor(at / parts.bytes) + 1) * parts.bytes) : Number.POSITIVE_INFINITY;
    const slice = (): void => {
      working = false;
      if (closed) return;
      // About 16 ms, then orders are heard and other files have their turn.
      for (let rounds = 0; rounds < 16 && at < upTo; rounds++) {
        const want = Math.min(buffer.byteLength, upTo - at, partEnd() - at);
        const end = partEnd();
        const read = readSync(handle, buffer, 0, want, at);
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
            parentPort?.postMessage({ file, badPart: index, epoch });
            return;
          }
          part = createHash('sha256');
          before = whole.copy();
        }
      }
      if (at >= sizeBytes) parentPort?.postMessage({ file, sum: whole.copy().digest('hex'), epoch });
      else if (at < upTo) later();
    };
    const later = (): void => {
      if (working) return;
      working = true;
      setImmediate(() => {
        guarded(file, slice);
      });
    };
    return {
      take(order: Order): void {
        if ('restart' in order) {
          epoch = order.epoch;
          at = 0;
          upTo = 0;
          whole = createHash('sha256');
          part = createHash('sha256');
          before = whole.copy();
        } else if ('upTo' in order && order.epoch === epoch) {
          upTo = Math.max(upTo, order.upTo);
          later();
        }
      },
      close(): void {
        closed = true;
        closeSync(handle);
      },
    };
  }

  /** Trouble with one file is told to those who wait for it; the others go on. */
  function guarded(file: number, work: () => void): void {
    try {
      work();
    } catch (error) {
      parentPort?.postMessage({ file, error: error instanceof Error ? error.message : String(error) });
    }
  }

  parentPort?.on('message', (order: Order) => {
    const { file } = order;
    guarded(file, () => {
      if ('open' in order) files.set(file, follow(file, order.open.path, order.open.sizeBytes, order.open.parts));
      else if ('close' in order) {
        const found = files.get(file);
        files.delete(file);
        found?.close();
      } else files.get(file)?.take(order);
    });
    if ('close' in order) parentPort?.postMessage({ file, closed: true });
  });
}
