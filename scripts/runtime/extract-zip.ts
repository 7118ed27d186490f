import { createWriteStream } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { openPromise, type Entry, type ZipFile } from 'yauzl';

const FILE_TYPE = 0o170000;
const SYMLINK = 0o120000;

/** Unpacks the entries that `placeOf` gives a path for, modes and links kept, never outside `folder`. */
export async function extractZip(
  archive: string,
  folder: string,
  placeOf: (entryName: string) => string | undefined,
): Promise<void> {
  const zip = await openPromise(archive);
  try {
    for await (const entry of zip.eachEntry()) {
      const place = placeOf(entry.fileName);
      if (place === undefined) continue;
      const target = resolve(folder, place);
      if (!target.startsWith(resolve(folder) + sep))
        throw new Error(`${archive} holds an unsafe path: ${entry.fileName}`);
      await extractEntry(zip, entry, target);
    }
  } finally {
    zip.close();
  }
}

async function extractEntry(zip: ZipFile, entry: Entry, target: string): Promise<void> {
  if (entry.fileName.endsWith('/')) {
    await mkdir(target, { recursive: true });
    return;
  }
  await mkdir(dirname(target), { recursive: true });
  const mode = entry.externalFileAttributes >>> 16;
  const contents = await zip.openReadStreamPromise(entry);
  if ((mode & FILE_TYPE) === SYMLINK) {
    await symlink((await buffer(contents)).toString('utf8'), target);
    return;
  }
  await pipeline(contents, createWriteStream(target));
  if ((mode & 0o777) !== 0) await chmod(target, mode & 0o777);
}
