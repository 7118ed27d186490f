import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import type { Log, LogFields, LogLevel } from '../base/log.ts';
import { createCore } from '../core.ts';
import type { Core, CoreOptions } from '../core.ts';
import type { CliContext } from './context.ts';
import { makeDataDir } from './folders.ts';

/** Warnings go to standard error, so that they never mix with an answer. */
const createStderrLog = (context: CliContext): Log => ({
  write(level: LogLevel, event: string, fields: LogFields = {}) {
    if (level !== 'error' && process.env['SWITCHYARD_LOG'] !== 'debug') return;
    context.err.json({ level, event, ...fields });
  },
});

/** The product without a window, on one data folder. */
export async function openCore(
  context: CliContext,
  options: Pick<CoreOptions, 'dataDir' | 'source'> & Partial<CoreOptions>,
): Promise<Core> {
  makeDataDir(options.dataDir);
  const core = createCore({
    resourcesDir: context.resourcesDir,
    spawnHost: context.spawnHost ?? createNodeSpawn(),
    clock: context.clock,
    log: createStderrLog(context),
    ...options,
  });
  // A model named on the command line counts from the first turn on.
  await core.models.ready;
  return core;
}
