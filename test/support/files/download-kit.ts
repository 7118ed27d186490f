import { createHash, randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../electron/base/clock.ts';
import { createMintId } from '../../../electron/base/ids.ts';
import { silentLog } from '../../../electron/base/log.ts';
import { systemTimers } from '../../../electron/base/timers.ts';
import { createDownloads, TIMINGS } from '../../../electron/model/index.ts';
import type { DownloadsDeps, DownloadWish } from '../../../electron/model/index.ts';
import { createEgress } from '../../../electron/model/index.ts';
import { openStore } from '../../../electron/storage/index.ts';
import type { Store } from '../../../electron/storage/index.ts';
import type { ServedFile } from './hostile-files.ts';

const mintId = createMintId({ now: () => Date.now() }, (bytes) => randomFillSync(bytes));

/** Waits as short as a test can have them. */
export const QUICK = {
  ...TIMINGS,
  stallShownMs: 300,
  stallEndMs: 1200,
  backoffMs: 20,
  backoffMostMs: 200,
  lookAgainMs: 20,
};

export const openDataFolder = (dataDir: string): Store =>
  openStore({
    path: join(dataDir, 'switchyard.db'),
    snapshotDir: join(dataDir, 'snapshots'),
    clock: systemClock,
    mintId,
    log: silentLog,
  });

/** Downloads of a data folder, on its real database and the real door out. */
export function downloadsIn(dataDir: string, store: Store, more: Partial<DownloadsDeps> = {}) {
  const egress = createEgress({ log: store.egress, clock: systemClock, mintId });
  const changed = new Set<() => void>();
  const downloads = createDownloads({
    records: store.downloads,
    egress,
    clock: systemClock,
    timers: systemTimers,
    mintId,
    log: silentLog,
    random: Math.random,
    folder: join(dataDir, 'models'),
    freeBytes: () => null,
    kept: () => null,
    onChange: () => {
      for (const look of [...changed]) look();
    },
    onInstalled: () => undefined,
    timings: QUICK,
    ...more,
  });
  return {
    downloads,
    entry: (id: string) => downloads.list().find((entry) => entry.id === id),
    /** Resolves when the list passes. */
    until: (enough: (list: ReturnType<typeof downloads.list>) => boolean): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!enough(downloads.list())) return;
          changed.delete(look);
          resolve();
        };
        changed.add(look);
        look();
      }),
    async dispose(): Promise<void> {
      await downloads.dispose();
      egress.dispose();
    },
  };
}

export const wishFor = (
  file: ServedFile,
  sources: readonly string[],
  more: Partial<DownloadWish> = {},
): DownloadWish => ({
  title: file.name,
  fileName: file.name,
  sources,
  sizeBytes: file.bytes.length,
  sha256: file.sha256,
  parts: null,
  checkedBy: 'catalogue',
  catalogueId: null,
  ...more,
});

export const sumOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
