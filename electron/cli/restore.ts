import { join } from 'node:path';
import { lockDataFolder } from '../orchestration/data/lock.ts';
import { restoreBackup } from '../storage/index.ts';
import type { CliContext, DataOption } from './context.ts';
import type { ExitCode } from './failure.ts';
import { makeDataDir } from './folders.ts';
import { databasePath } from './store.ts';

/** Puts a backup back in place; what was there is kept as a snapshot. */
export async function restore(context: CliContext, file: string, options: DataOption): Promise<ExitCode> {
  makeDataDir(options.data);
  const lock = lockDataFolder(options.data, 'restore');
  try {
    const { snapshot } = restoreBackup({
      from: file,
      to: databasePath(options.data),
      snapshotDir: join(options.data, 'snapshots'),
      at: context.clock.now(),
    });
    context.out.line(`Restored ${file} into ${options.data}.`);
    if (snapshot !== null) context.out.line(`What was there before is kept as ${snapshot}.`);
    await context.out.drained();
    return 0;
  } finally {
    lock.dispose();
  }
}
