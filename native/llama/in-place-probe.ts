import { EventEmitter } from 'node:events';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { z } from 'zod';

const request = z.object({ type: z.enum(['start', 'test', 'exit']) });
const ANSWERS = { start: 'loaded', test: 'done' } as const;

/** A child that passes every question node-llama-cpp asks of its probe. */
function createProbe() {
  const child = new EventEmitter();
  let exitCode: number | null = null;
  const tell = (event: string, value: unknown): void => void setImmediate(() => child.emit(event, value));
  tell('message', { type: 'ready' });
  return Object.assign(child, {
    killed: false,
    stdout: null,
    stderr: null,
    get exitCode() {
      return exitCode;
    },
    kill: () => true,
    send: (message: unknown) => {
      const { type } = request.parse(message);
      if (type === 'exit') {
        exitCode = 0;
        tell('exit', 0);
      } else tell('message', { type: ANSWERS[type] });
      return true;
    },
  });
}

/**
 * Runs `work` with `child_process.fork` answered in place. node-llama-cpp forks `process.execPath` to see whether its binary
 * loads; in a packaged app that would start a second app (its run-as-node fuse is off), and everywhere it costs half a second.
 * This process exists to be lost: a binary that ends it is seen by the client, which then falls back.
 */
export async function withProbeInPlace<T>(work: () => Promise<T>): Promise<T> {
  const childProcess = createRequire(import.meta.url)('node:child_process') as { fork: unknown };
  const real = childProcess.fork;
  childProcess.fork = createProbe;
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    childProcess.fork = real;
    syncBuiltinESMExports();
  }
}
