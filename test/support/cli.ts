import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { systemClock } from '../../electron/base/clock.ts';
import { createOutput } from '../../electron/cli/output.ts';
import { runProgram } from '../../electron/cli/program.ts';
import { createScriptedEngine } from './scripted-engine.ts';

const root = join(import.meta.dirname, '..', '..');

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliInput {
  readonly stdin?: string;
  readonly engine?: ReturnType<typeof createScriptedEngine>;
  readonly signal?: AbortSignal;
}

function collector() {
  const parts: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      parts.push(chunk.toString('utf8'));
      done();
    },
  });
  return { output: createOutput(stream), text: () => parts.join('') };
}

/** Runs a verb in this process, with a scripted engine. */
export async function runCli(args: readonly string[], input: CliInput = {}): Promise<CliResult> {
  const out = collector();
  const err = collector();
  const code = await runProgram(args, {
    out: out.output,
    err: err.output,
    stdin: Readable.from([input.stdin ?? '']),
    clock: systemClock,
    signal: input.signal ?? new AbortController().signal,
    resourcesDir: join(root, 'resources'),
    version: '0.0.0-test',
    spawnHost: (input.engine ?? createScriptedEngine()).spawn,
  });
  return { code, out: out.text(), err: err.text() };
}

/** Starts a verb in a process of its own. `entry` is the program of the repository, or the one with a scripted engine. */
export function startCli(
  args: readonly string[],
  entry = 'test/support/headless-scripted.ts',
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [join(root, entry), ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Waits until a process ends; what it wrote is collected from now on. */
export async function finishCli(child: ChildProcessWithoutNullStreams): Promise<CliResult> {
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString('utf8')));
  child.stderr.on('data', (data: Buffer) => (err += data.toString('utf8')));
  const code = await new Promise<number>((resolve) => child.on('close', (exit) => resolve(exit ?? -1)));
  return { code, out, err };
}

/** Resolves when a process has written a text that passes. */
export const untilWritten = (
  child: ChildProcessWithoutNullStreams,
  enough: (text: string) => boolean,
): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString('utf8');
      if (enough(text)) resolve(text);
    });
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString('utf8')));
    child.on('close', (code) =>
      reject(new Error(`ended with ${String(code)} after writing ${text} and saying ${said}`)),
    );
  });

/** A temporary folder and its end. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'switchyard-test-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
