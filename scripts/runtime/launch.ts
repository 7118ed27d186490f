import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { chooseElectron, describeRuntime, type ElectronRuntime } from './electron.ts';
import { sandboxSwitches, sandboxTrouble } from './sandbox.ts';
import { ensureSqliteBinding } from './sqlite.ts';
import { ensureSystem } from '../system/ensure-system.ts';

/** What Chromium says on a machine without a desktop session or a GPU; it means nothing there. */
const CHROMIUM_CHATTER = /:ERROR:(bus|object_proxy|viz_main_impl|gpu_process_host|command_buffer_proxy_impl)\.cc/;

export const repositoryRoot = resolve(import.meta.dirname, '..', '..');

export interface PreparedRuntime {
  runtime: ElectronRuntime;
  /** What the app needs in its environment under this runtime. */
  env: Record<string, string>;
  /** Switches that stand before the app folder on the command line. */
  switches: string[];
}

/** System libraries, Electron and the database addon: all that must stand before the app can start. */
export async function prepareRuntime(): Promise<PreparedRuntime> {
  await ensureSystem(['desktop', 'fonts']);
  const choice = await chooseElectron();
  const [runtime, binding] = await Promise.all([choice.obtain(), ensureSqliteBinding(choice)]);
  console.log(describeRuntime(runtime));
  const trouble = sandboxTrouble(runtime.dist);
  if (trouble) console.warn(trouble);
  const env: Record<string, string> = binding === undefined ? {} : { SWITCHYARD_SQLITE_BINDING: binding };
  return { runtime, env, switches: sandboxSwitches() };
}

/** In a process group of its own, so that Ctrl+C reaches it once, through `followToTheEnd`, and not twice. */
export function launchElectron(
  prepared: PreparedRuntime,
  appArguments: string[],
  env: Record<string, string>,
): ChildProcess {
  const child = spawn(prepared.runtime.executablePath, [...prepared.switches, repositoryRoot, ...appArguments], {
    stdio: ['inherit', 'inherit', 'pipe'],
    detached: process.platform !== 'win32',
    env: { ...process.env, ...prepared.env, ...env },
  });
  if (child.stderr) {
    createInterface(child.stderr).on('line', (line) => {
      if (!CHROMIUM_CHATTER.test(line)) console.error(line);
    });
  }
  return child;
}

/** Passes this process's signals on and ends with the child's code, once `cleanUp` has run. */
export function followToTheEnd(child: ChildProcess, cleanUp: () => void | Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(error.message);
    void finish(1);
  });
  child.once('exit', (code, signal) => void finish(signal === null ? (code ?? 1) : 128));
  const finish = async (code: number): Promise<void> => {
    await cleanUp();
    process.exit(code);
  };
}
