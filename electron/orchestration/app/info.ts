import type { CallOutput } from '../../contract/calls.ts';
import type { EngineStatus } from '../../contract/entities/model.ts';
import { privateMemoryMb } from './machine.ts';

/** What is known of this process and its data folder. */
export const appInfo = (facts: {
  readonly version: string;
  readonly dataDir: string;
  readonly firstRun: boolean;
  readonly problems: readonly string[];
  readonly engine: EngineStatus;
}): CallOutput<'app.info'> => ({
  version: facts.version,
  runtime: {
    electron: process.versions['electron'] ?? null,
    node: process.versions.node,
    chrome: process.versions['chrome'] ?? null,
  },
  platform: `${process.platform} ${process.arch}`,
  dataDir: facts.dataDir,
  firstRun: facts.firstRun,
  problems: [...facts.problems],
  engine: facts.engine,
  privateMemoryMb: privateMemoryMb(),
});
