import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

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
