import { existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { CliFailure } from './failure.ts';

interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const thisMachine = (): Machine => ({ platform: process.platform, env: process.env, home: homedir() });

/** The app's own data folder, where Electron puts `userData` for the name Switchyard. */
export function defaultDataDir(machine: Machine = thisMachine()): string {
  const { env, home } = machine;
  if (machine.platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Switchyard');
  if (machine.platform === 'darwin') return join(home, 'Library', 'Application Support', 'Switchyard');
  const config = env['XDG_CONFIG_HOME'];
  return join(config === undefined || config === '' ? join(home, '.config') : config, 'Switchyard');
}

/** The folder `resources` that came with this program: beside the packaged app, or up from this file. */
export function findResourcesDir(from: string): string {
  const packaged: unknown = Reflect.get(process, 'resourcesPath');
  if (typeof packaged === 'string' && existsSync(join(packaged, 'starter-model'))) return packaged;
  for (let dir = from; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'resources', 'starter-model'))) return join(dir, 'resources');
    if (dirname(dir) === dir) return join(from, 'resources');
  }
}

/**
 * Makes a data folder, one level at a time: `mkdir` with `recursive` never returns where a file system says ENOENT for a
 * folder it does not let be made (/proc).
 */
export function makeDataDir(dir: string): void {
  const cannot = (why: string): CliFailure =>
    new CliFailure(`The data folder ${dir} cannot be used (${why}): name another one with --data.`);
  const make = (path: string): void => {
    if (existsSync(path)) {
      if (!statSync(path).isDirectory()) throw cannot(`${path} is a file`);
      return;
    }
    if (dirname(path) !== path) make(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  };
  try {
    make(dir);
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    throw cannot(error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason');
  }
}
