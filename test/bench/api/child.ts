import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { z } from 'zod';

const ready = z.looseObject({ listening: z.string(), token: z.string().optional() });

export interface Child {
  readonly url: string;
  readonly token: string;
  stop(): Promise<void>;
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

/** A program of the bench in a process of its own; it says where it listens in its first line. */
export async function startChild(args: readonly string[]): Promise<Child> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stderr.on('data', (data: Buffer) => (err += data.toString('utf8')));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString('utf8');
      if (out.includes('\n')) resolve(out);
    });
    child.once('exit', () => {
      reject(new Error(`${args.join(' ')} ended before it was ready: ${err || out}`));
    });
  });
  const { listening, token } = ready.parse(JSON.parse(line));
  return {
    url: listening,
    token: token ?? '',
    async stop() {
      child.kill('SIGTERM');
      await ended(child);
    },
  };
}
