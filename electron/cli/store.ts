import { randomFillSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createMintId } from '../base/ids.ts';
import type { MintId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { lockDataFolder } from '../orchestration/data/lock.ts';
import { openStore } from '../storage/index.ts';
import type { Store } from '../storage/index.ts';
import type { CliContext } from './context.ts';
import { CliFailure } from './failure.ts';
import { makeDataDir } from './folders.ts';

export const databasePath = (dataDir: string): string => join(dataDir, 'switchyard.db');

export const mintIdOf = (context: CliContext): MintId => createMintId(context.clock, (bytes) => randomFillSync(bytes));

/** The database of a data folder; made when missing. */
export const openData = (context: CliContext, dataDir: string): Store =>
  openStore({
    path: databasePath(dataDir),
    snapshotDir: join(dataDir, 'snapshots'),
    clock: context.clock,
    mintId: mintIdOf(context),
    log: silentLog,
  });

/** Refuses a folder nothing was ever stored in, instead of making one by mistake. */
export function needData(dataDir: string): void {
  if (existsSync(databasePath(dataDir))) return;
  throw new CliFailure(`There is no Switchyard data in ${dataDir}: name the right folder with --data, or chat first.`);
}

/** Reads while the app may be running. */
export async function reading<T>(
  context: CliContext,
  dataDir: string,
  work: (store: Store) => T | Promise<T>,
): Promise<T> {
  needData(dataDir);
  const store = openData(context, dataDir);
  try {
    return await work(store);
  } finally {
    store.dispose();
  }
}

/** Writes alone: a running app is named in the refusal. */
export async function writing<T>(
  context: CliContext,
  dataDir: string,
  what: string,
  work: (store: Store) => T | Promise<T>,
): Promise<T> {
  makeDataDir(dataDir);
  const lock = lockDataFolder(dataDir, what);
  try {
    const store = openData(context, dataDir);
    try {
      return await work(store);
    } finally {
      store.dispose();
    }
  } finally {
    lock.dispose();
  }
}
