export interface LockedPackage {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

export interface Lockfile {
  packages: Record<string, LockedPackage>;
}

const SYSTEMS: Record<string, string> = { mac: 'darwin', win: 'win32' };
const KNOWN_SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'mac', 'openharmony', 'win', 'win32'];

/** Lockfile entries for exact-version platform builds that some package may use but the lockfile does not name. */
export function missingPlatformPackages(lockfile: Lockfile): Record<string, LockedPackage> {
  const missing: Record<string, LockedPackage> = {};
  for (const [path, entry] of Object.entries(lockfile.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isNamed(lockfile, path, name)) continue;
      const dev = entry.dev === true ? { dev: true } : {};
      missing[`node_modules/${name}`] = { version, ...dev, optional: true, ...platformOf(name) };
    }
  }
  return missing;
}

/** Whether Node's own walk up from the dependent finds the package. */
function isNamed(lockfile: Lockfile, dependent: string, name: string): boolean {
  for (let folder = dependent; ;) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in lockfile.packages) return true;
    if (folder === '') return false;
    const up = folder.lastIndexOf('/node_modules/');
    folder = up === -1 ? '' : folder.slice(0, up);
  }
}

/** Reads "binding-linux-arm-musleabihf", "mac-arm64-metal", "oxide-wasm32-wasi" and the like. */
export function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const words = name.slice(name.indexOf('/') + 1).split('-');
  const wasm = words.find((word) => word === 'wasm32');
  if (wasm !== undefined) return { cpu: [wasm] };
  const at = words.findIndex((word) => KNOWN_SYSTEMS.includes(word));
  const [system, cpu, variant] = words.slice(at);
  if (at === -1 || system === undefined || cpu === undefined) throw new Error(`${name} does not say its platform.`);
  const libc = system !== 'linux' ? undefined : variant?.startsWith('musl') ? 'musl' : 'glibc';
  return { cpu: [cpu], ...(libc ? { libc: [libc] } : {}), os: [SYSTEMS[system] ?? system] };
}
