import { mkdirSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bytesOf, clipped, firstHole, withRun, without, wholeTo } from './runs.ts';
import type { Run } from './runs.ts';

/** What is known of a file under way. */
export interface Progress {
  /** Written by a process; certain as long as the system was not started anew. */
  readonly have: readonly Run[];
  /** Flushed to the disk. */
  readonly synced: readonly Run[];
  /** The run of the operating system that `have` was written in. */
  readonly boot: string;
}

/**
 * Bytes that may be trusted of a file of `lengthBytes`. In the same run of the system everything written is in the file, and
 * the last stretch reaches as far as the file does: whatever makes the file longer is written in order, the note of it is a moment
 * behind. Where a part at the end was found wrong meanwhile it is trusted again, and found wrong again.
 */
export function trusted(progress: Progress, boot: string, lengthBytes: number, sizeBytes: number): readonly Run[] {
  const limit = Math.min(lengthBytes, sizeBytes);
  if (progress.boot !== boot) return clipped(progress.synced, limit);
  const have = clipped(progress.have, limit);
  const last = have.at(-1);
  const end = last?.to ?? 0;
  if (limit <= end) return have;
  return withRun(have, { from: end, to: limit, tag: last?.tag ?? '' });
}

/** Flushed when this much is unflushed, or so long after the last time, in bytes and ms: what a power cut can cost. */
const SYNC_BYTES = 32 * 1024 * 1024;
const SYNC_MS = 2000;
/** What is on disk is noted after so many bytes or ms. */
const NOTE_BYTES = 256 * 1024;
const NOTE_MS = 200;

export interface PartFileDeps {
  readonly path: string;
  readonly sizeBytes: number;
  /** null = a new file. */
  readonly progress: Progress | null;
  readonly boot: string;
  readonly monotonicMs: () => number;
  /** Keeps the note. May throw where the disk is full. */
  readonly save: (progress: Progress) => void;
}

/** A file that fills up. Opening it finds what of it can be trusted. */
export async function openPartFile(deps: PartFileDeps) {
  const { path, sizeBytes, boot, monotonicMs, save } = deps;
  mkdirSync(dirname(path), { recursive: true });
  const length = await stat(path).then(
    ({ size }) => size,
    () => null,
  );
  let have: readonly Run[] = length === null || !deps.progress ? [] : trusted(deps.progress, boot, length, sizeBytes);
  let synced: readonly Run[] = have.length === 0 ? [] : (deps.progress?.synced ?? []);
  const handle = await open(path, length === null ? 'w+' : 'r+', 0o644);
  // Bytes past the last trusted one would look like bytes of this run of the system.
  await handle.truncate(have.at(-1)?.to ?? 0);
  let unsynced = SYNC_BYTES;
  let unnoted = 0;
  let syncedAtMs = monotonicMs();
  let notedAtMs = monotonicMs();
  let syncing: Promise<void> | null = null;

  function note(): void {
    unnoted = 0;
    notedAtMs = monotonicMs();
    save({ have, synced, boot });
  }
  function sync(): Promise<void> {
    const before = have;
    unsynced = 0;
    syncedAtMs = monotonicMs();
    syncing ??= handle
      .datasync()
      .then(() => {
        // What was found wrong meanwhile is in `have` no more.
        synced = before.flatMap((run) => have.flatMap((now) => overlap(run, now)));
      })
      .finally(() => (syncing = null));
    return syncing;
  }
  note();

  return {
    path,
    have: () => have,
    receivedBytes: () => bytesOf(have),
    wholeTo: () => wholeTo(have),
    hole: () => firstHole(have, sizeBytes),
    /** Writes bytes where they belong. Rejects with the file system's own error; then nothing of them counts. */
    async write(bytes: Uint8Array, at: number, tag: string): Promise<void> {
      let done = 0;
      while (done < bytes.byteLength) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, at + done);
        have = withRun(have, { from: at + done, to: at + done + bytesWritten, tag });
        done += bytesWritten;
      }
      unsynced += done;
      unnoted += done;
      const now = monotonicMs();
      if (unnoted >= NOTE_BYTES || now - notedAtMs >= NOTE_MS) note();
      if (syncing === null && unsynced > 0 && (unsynced >= SYNC_BYTES || now - syncedAtMs >= SYNC_MS))
        sync().catch(() => undefined);
    },
    /** These bytes are wrong. */
    drop(from: number, to: number): void {
      have = without(have, from, to);
      synced = without(synced, from, to);
      note();
    },
    /** Only these are right. */
    async keep(runs: readonly Run[]): Promise<void> {
      have = runs;
      synced = synced.flatMap((run) => runs.flatMap((now) => overlap(run, now)));
      note();
      // What is past them would be trusted after a kill.
      await handle.truncate(have.at(-1)?.to ?? 0);
    },
    note,
    async flush(): Promise<void> {
      await syncing;
      await sync();
      note();
    },
    async close(): Promise<void> {
      await syncing?.catch(() => undefined);
      await handle.close();
    },
  };
}

const overlap = (run: Run, other: Run): Run[] => {
  const [from, to] = [Math.max(run.from, other.from), Math.min(run.to, other.to)];
  return from < to ? [{ from, to, tag: other.tag }] : [];
};
