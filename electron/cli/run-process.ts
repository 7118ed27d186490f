import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { SpawnHost } from '../../native/llama/spawn.ts';
import { systemClock } from '../base/clock.ts';
import { findResourcesDir } from './folders.ts';
import { createOutput } from './output.ts';
import { runProgram } from './program.ts';

/** How long after the last word a stuck handle may keep the process alive. */
const EXIT_PATIENCE_MS = 3000;

function versionNear(resourcesDir: string): string {
  try {
    const text = readFileSync(join(dirname(resourcesDir), 'package.json'), 'utf8');
    return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
  } catch {
    return '0.0.0';
  }
}

/** The command line of this process. */
export async function runProcess(from: string, spawnHost?: SpawnHost): Promise<void> {
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // The second time somebody means it.
      if (ending.signal.aborted) process.exit(130);
      ending.abort();
    });
  }
  const resourcesDir = findResourcesDir(from);
  const out = createOutput(process.stdout);
  const code = await runProgram(process.argv.slice(2), {
    out,
    err: createOutput(process.stderr),
    stdin: process.stdin,
    clock: systemClock,
    signal: ending.signal,
    resourcesDir,
    version: versionNear(resourcesDir),
    ...(spawnHost === undefined ? {} : { spawnHost }),
  });
  await out.drained();
  process.exitCode = code;
  setTimeout(() => process.exit(code), EXIT_PATIENCE_MS).unref();
}
