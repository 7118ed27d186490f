import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cacheRoot, withLock } from './cache.ts';
import { runCommand } from './command.ts';

const PROBE_MS = 4_000;
const DOWNLOAD_MS = 15 * 60_000;
/** How long a failed download is remembered, so that the next start neither waits nor needs the network. */
const REMEMBER_MS = 24 * 3_600_000;

const require = createRequire(import.meta.url);
const packageFolder = dirname(require.resolve('electron/package.json'));

export interface DownloadedElectron {
  dist: string;
  executablePath: string;
  version: string;
}

export type DownloadAttempt = { ok: true; runtime: DownloadedElectron } | { ok: false; reason: string };

/** The pinned electron package's own download: present, fetched now, or the reason it cannot be. */
export async function downloadedElectron(version: string, retry: boolean): Promise<DownloadAttempt> {
  const present = installed(version);
  if (present) return { ok: true, runtime: present };
  const memory = join(cacheRoot(), `electron-${version}-download-failed.txt`);
  if (!retry) {
    const remembered = recentFailure(memory);
    if (remembered)
      return { ok: false, reason: `${remembered} (remembered; SWITCHYARD_ELECTRON=download tries again)` };
  }
  mkdirSync(cacheRoot(), { recursive: true });
  return withLock(join(cacheRoot(), `electron-${version}-download.lock`), async () => {
    const unreachable = retry ? undefined : await probe();
    const reason = unreachable ?? (await install(version));
    const runtime = installed(version);
    if (runtime) {
      rmSync(memory, { force: true });
      return { ok: true, runtime };
    }
    const said = reason ?? 'the download ended without an executable';
    writeFileSync(memory, `${Date.now()}\n${said}\n`);
    return { ok: false, reason: said };
  });
}

function installed(version: string): DownloadedElectron | undefined {
  try {
    const found = readFileSync(join(packageFolder, 'dist', 'version'), 'utf8')
      .trim()
      .replace(/^v/, '');
    const executable = readFileSync(join(packageFolder, 'path.txt'), 'utf8').trim();
    const executablePath = join(packageFolder, 'dist', executable);
    if (found !== version || !existsSync(executablePath)) return undefined;
    return { dist: join(packageFolder, 'dist'), executablePath, version };
  } catch {
    return undefined;
  }
}

async function install(version: string): Promise<string | undefined> {
  console.log(`Downloading Electron ${version} (about 110 MB, once).`);
  try {
    await runCommand(process.execPath, [join(packageFolder, 'install.js')], { timeoutMs: DOWNLOAD_MS });
    return undefined;
  } catch (error) {
    return `the download failed: ${error instanceof Error ? (error.message.split('\n')[1] ?? error.message) : String(error)}`;
  }
}

/** Only whether the release host answers at all: a blocked network should cost seconds, a slow one should not fail. */
async function probe(): Promise<string | undefined> {
  const mirror = process.env['ELECTRON_MIRROR'] ?? process.env['npm_config_electron_mirror'];
  const url = new URL(mirror ?? 'https://github.com/electron/electron/releases/');
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(PROBE_MS) });
    return undefined;
  } catch {
    return `${url.host} does not answer from here`;
  }
}

function recentFailure(memory: string): string | undefined {
  try {
    const [at = '0', reason] = readFileSync(memory, 'utf8').split('\n');
    return Date.now() - Number(at) < REMEMBER_MS ? reason : undefined;
  } catch {
    return undefined;
  }
}
