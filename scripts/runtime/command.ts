import { spawn } from 'node:child_process';

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  timeoutMs?: number;
  /** "show" passes output through; "hold" keeps it for the error message. */
  output?: 'show' | 'hold';
}

/** Runs one program to its end; a failure carries the last lines it wrote. */
export async function runCommand(command: string, args: string[], options: CommandOptions = {}): Promise<string> {
  const held: string[] = [];
  const shown = options.output === 'show';
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', shown ? 'inherit' : 'pipe', shown ? 'inherit' : 'pipe'],
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => held.push(text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => held.push(text));
  const outcome = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const text = held.join('');
  if (outcome.code === 0) return text;
  const tail = text.trimEnd().split('\n').slice(-12).join('\n');
  const ending = outcome.signal ? `was stopped by ${outcome.signal}` : `ended with code ${outcome.code}`;
  throw new Error(`${command} ${args.join(' ')} ${ending}${tail ? `:\n${tail}` : ''}`);
}
