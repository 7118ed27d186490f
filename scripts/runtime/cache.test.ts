import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildOnce, withLock } from './cache.ts';

const NO_SUCH_PROCESS = 2 ** 22 + 1;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'switchyard-cache-'));
  vi.stubEnv('SWITCHYARD_CACHE', root);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

describe('the cache', () => {
  it('builds a folder once, however many ask at the same time', async () => {
    const build = vi.fn((folder: string) => writeFile(join(folder, 'made'), 'yes'));
    const places = await Promise.all([buildOnce('thing', build), buildOnce('thing', build), buildOnce('thing', build)]);
    expect(build).toHaveBeenCalledOnce();
    expect(places.map((place) => readFileSync(join(place, 'made'), 'utf8'))).toEqual(['yes', 'yes', 'yes']);
  });

  it('keeps nothing of a build that failed, and builds again when asked again', async () => {
    const failing = async (folder: string): Promise<void> => {
      await writeFile(join(folder, 'half'), '');
      throw new Error('no disk');
    };
    await expect(buildOnce('thing', failing)).rejects.toThrow('no disk');
    expect(readdirSync(root)).toEqual([]);
    const place = await buildOnce('thing', (folder) => writeFile(join(folder, 'made'), 'yes'));
    expect(readdirSync(place)).toEqual(['made']);
  });

  it('starts over from what a killed build left behind', async () => {
    const interrupted = join(root, 'thing.partial');
    await buildOnce('other', () => Promise.resolve());
    writeFileSync(join(root, 'thing.lock'), String(NO_SUCH_PROCESS));
    writeFileSync(interrupted, 'not even a folder');
    const place = await buildOnce('thing', (folder) => writeFile(join(folder, 'made'), 'yes'));
    expect(readdirSync(place)).toEqual(['made']);
    expect(existsSync(interrupted)).toBe(false);
  });

  it('gives a lock back when the work under it throws', async () => {
    const lock = join(root, 'some.lock');
    await expect(withLock(lock, () => Promise.reject(new Error('mid-way')))).rejects.toThrow('mid-way');
    expect(existsSync(lock)).toBe(false);
  });
});
