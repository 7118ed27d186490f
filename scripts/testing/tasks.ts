import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');

export interface Task {
  name: string;
  command: string;
  args: string[];
  /** On top of this process's own. */
  env?: Record<string, string>;
}

export interface TaskOutcome {
  task: Task;
  ok: boolean;
  seconds: number;
  output: string;
}

/** Runs tasks a few at a time, in order, each one's output kept until it is done. */
export async function runTasks(
  tasks: Task[],
  atOnce: number,
  done: (outcome: TaskOutcome) => void,
): Promise<TaskOutcome[]> {
  const queue = [...tasks];
  const outcomes: TaskOutcome[] = [];
  const lane = async (): Promise<void> => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      const outcome = await runTask(task, 'hold');
      outcomes.push(outcome);
      done(outcome);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return outcomes;
}

export async function runTask(task: Task, output: 'hold' | 'show'): Promise<TaskOutcome> {
  const startedAt = performance.now();
  const child = spawn(task.command, task.args, {
    cwd: root,
    env: {
      ...process.env,
      ...task.env,
      PATH: [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
    },
    stdio: output === 'show' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  const parts: Buffer[] = [];
  child.stdout?.on('data', (part: Buffer) => parts.push(part));
  child.stderr?.on('data', (part: Buffer) => parts.push(part));
  const ok = await new Promise<boolean>((settle) => {
    child.once('error', (error) => {
      parts.push(Buffer.from(error.message));
      settle(false);
    });
    child.once('close', (code) => settle(code === 0));
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  return { task, ok, seconds, output: Buffer.concat(parts).toString('utf8') };
}

export function reportTask({ task, ok, seconds, output }: TaskOutcome): void {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${task.name} (${seconds.toFixed(1)} s)`);
  if (!ok) console.log(output.trimEnd());
}
