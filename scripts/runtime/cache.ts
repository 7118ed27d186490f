import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export function cacheRoot(): string {
  const override = process.env['SWITCHYARD_CACHE'];
  if (override) return override;
  if (process.platform === 'win32') {
    return join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'switchyard', 'cache');
  }
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'switchyard');
}

/** Builds a folder beside its final place and renames it, so a stopped build never looks finished. */
export async function buildOnce(name: string, build: (folder: string) => Promise<void>): Promise<string> {
  const root = cacheRoot();
  const target = join(root, name);
  if (existsSync(target)) return target;
  mkdirSync(root, { recursive: true });
  return withLock(`${target}.lock`, async () => {
    if (existsSync(target)) return target;
    const partial = `${target}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    try {
      await build(partial);
      renameSync(partial, target);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      throw error;
    }
    return target;
  });
}

/** One process at a time; a lock whose owner is gone is taken over. */
export async function withLock<T>(lock: string, work: () => Promise<T>): Promise<T> {
  let told = false;
  while (!take(lock)) {
    const owner = ownerOf(lock);
    if (owner !== undefined && !isAlive(owner)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told)
      console.log(`Waiting for another Switchyard command (process ${owner ?? 'unknown'}) to finish this step.`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function ownerOf(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
