import { join } from 'node:path';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import { silentLog } from '../base/log.ts';
import { createCore } from '../core.ts';
import type { Core, CoreOptions } from '../core.ts';
import { createFileLog } from '../orchestration/app/file-log.ts';
import type { CliContext } from './context.ts';
import { makeDataDir } from './folders.ts';

/** The product without a window, on one data folder. What goes wrong inside is written to the folder's log. */
export async function openCore(
  context: CliContext,
  options: Pick<CoreOptions, 'dataDir' | 'source'> & Partial<CoreOptions>,
): Promise<Core> {
  makeDataDir(options.dataDir);
  const core = createCore({
    resourcesDir: context.resourcesDir,
    spawnHost: context.spawnHost ?? createNodeSpawn(),
    clock: context.clock,
    log: options.lock === false ? silentLog : createFileLog(join(options.dataDir, 'logs'), context.clock),
    ...options,
  });
  // A model named on the command line counts from the first turn on.
  await core.models.ready;
  return core;
}
