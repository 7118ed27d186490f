import { link, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { numbered } from './file-name.ts';

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Makes the names in a folder outlast a power cut. Not every system lets a folder be opened. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows, some network drives.
  }
}

/** Puts a file under a name that is free, in one step: nobody ever sees half of it, and nothing is written over. */
async function takeName(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // No hard links on this disk (exFAT, some network drives).
    if (await stat(to).catch(() => null)) return false;
    await rename(from, to);
    return true;
  }
  await unlink(from);
  return true;
}

/**
 * Moves a whole, checked and flushed file into the model folder. `onName` hears the path before the file has it, so that a
 * process killed in between knows where to look.
 */
export async function install(
  partPath: string,
  folder: string,
  fileName: string,
  onName: (path: string) => void,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (let number = 1; number < 1000; number++) {
    const path = join(folder, numbered(fileName, number));
    if (await stat(path).catch(() => null)) continue;
    onName(path);
    if (!(await takeName(partPath, path))) continue;
    await syncFolder(folder);
    return path;
  }
  throw new Error(`There are a thousand files called ${fileName} in ${folder}: remove some.`);
}
