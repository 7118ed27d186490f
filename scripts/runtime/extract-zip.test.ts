import { mkdtempSync, readFileSync, readlinkSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { extractZip } from './extract-zip.ts';

interface Item {
  name: string;
  text: string;
  mode: number;
}

/** A zip archive of stored (not compressed) entries, PKWARE APPNOTE 4.3. */
function zipOf(items: Item[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, text, mode } of items) {
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt32LE(crc32(text), 10);
    shared.writeUInt32LE(Buffer.byteLength(text), 14);
    shared.writeUInt32LE(Buffer.byteLength(text), 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared, Buffer.from(name + text)]);
    const attributes = Buffer.alloc(14);
    attributes.writeUInt32LE((mode << 16) >>> 0, 6);
    attributes.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3]), shared, attributes, Buffer.from(name)]),
    );
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(items.length, 4);
  end.writeUInt16LE(items.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, central, Buffer.from('PK\u0005\u0006'), end]);
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-zip-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('unpacks what it is given a place for, keeping modes and links', async () => {
  const archive = join(folder, 'a.zip');
  const items = [
    { name: 'App/run', text: '#!', mode: 0o100755 },
    { name: 'App/lib/link', text: '../run', mode: 0o120777 },
    { name: 'App/secret', text: 'x', mode: 0o100644 },
  ];
  writeFileSync(archive, zipOf(items));
  const target = join(folder, 'out');
  await extractZip(archive, target, (name) => (name === 'App/secret' ? undefined : name.slice('App/'.length)));
  expect(readdirSync(target).sort()).toEqual(['lib', 'run']);
  expect(statSync(join(target, 'run')).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(target, 'lib', 'link'))).toBe('../run');
  expect(readFileSync(join(target, 'lib', 'link'), 'utf8')).toBe('#!');
});

it('refuses a place outside the folder', async () => {
  const archive = join(folder, 'a.zip');
  writeFileSync(archive, zipOf([{ name: 'App/run', text: 'x', mode: 0o100644 }]));
  await expect(extractZip(archive, join(folder, 'out'), () => '../elsewhere')).rejects.toThrow('unsafe path');
  expect(readdirSync(folder)).toEqual(['a.zip']);
});
