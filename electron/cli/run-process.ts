import packageJson from '../../package.json' with { type: 'json' };
import type { SpawnHost } from '../../native/llama/spawn.ts';
import { systemClock } from '../base/clock.ts';
import { quietHeap } from '../orchestration/app/quiet-heap.ts';
import { findResourcesDir } from './folders.ts';
import { createOutput } from './output.ts';
import { runProgram } from './program.ts';

/** How long after the last word a stuck handle may keep the process alive. */
const EXIT_PATIENCE_MS = 3000;

/** The command line of this process. */
export async function runProcess(from: string, spawnHost?: SpawnHost): Promise<void> {
  quietHeap();
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // The second time somebody means it.
      if (ending.signal.aborted) process.exit(130);
      ending.abort();
    });
  }
  const out = createOutput(process.stdout);
  const code = await runProgram(process.argv.slice(2), {
    out,
    err: createOutput(process.stderr),
    stdin: process.stdin,
    clock: systemClock,
    signal: ending.signal,
    resourcesDir: findResourcesDir(from),
    version: packageJson.version,
    ...(spawnHost === undefined ? {} : { spawnHost }),
  });
  await out.drained();
  process.exitCode = code;
  setTimeout(() => process.exit(code), EXIT_PATIENCE_MS).unref();
}
