import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createFollowers } from './follower.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-follower-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
function fileOf(name: string, sizeBytes: number) {
  const path = join(folder, name);
  const bytes = Buffer.alloc(sizeBytes, name);
  writeFileSync(path, bytes);
  return { path, sizeBytes, bytes, sum: sha256(bytes) };
}
const whole = { parts: null, onBadPart: () => undefined };

describe('the sums of files that are being written', () => {
  it('are right for several files at once', async () => {
    const followers = createFollowers();
    const files = ['a', 'b', 'c'].map((name, i) => fileOf(name, 3_000_000 + i));
    const following = files.map((file) => followers.follow({ ...file, ...whole }));
    expect(await Promise.all(following.map((one) => one.whole()))).toEqual(files.map(({ sum }) => sum));
    await Promise.all(following.map((one) => one.dispose()));
  });

  it('go on when there is trouble with another file, and when another is closed', async () => {
    const followers = createFollowers();
    const file = fileOf('good', 2_000_000);
    const [good, lost, left] = [file.path, join(folder, 'not-there'), file.path].map((path) =>
      followers.follow({ path, sizeBytes: file.sizeBytes, ...whole }),
    );
    await expect(lost?.whole()).rejects.toThrow(/ENOENT/);
    await left?.dispose();
    await lost?.dispose();
    expect(await good?.whole()).toBe(file.sum);
    await good?.dispose();
  });

  it('wait at a wrong part, and are right once it is mended', async () => {
    const followers = createFollowers();
    const file = fileOf('parts', 100_000);
    const parts = {
      bytes: 40_000,
      sha256: [0, 40_000, 80_000].map((from) => sha256(file.bytes.subarray(from, from + 40_000))),
    };
    const wrong = Buffer.from(file.bytes);
    wrong[50_000] = 0;
    writeFileSync(file.path, wrong);
    const bad: number[] = [];
    const follower = followers.follow({ ...file, parts, onBadPart: (index) => bad.push(index) });
    expect([await follower.whole(), bad]).toEqual(['', [1]]);
    writeFileSync(file.path, file.bytes);
    expect(await follower.whole()).toBe(file.sum);
    await follower.dispose();
  });

  it('can be had again after the last file was closed', async () => {
    const followers = createFollowers();
    const file = fileOf('again', 1000);
    expect([await followers.sumOf(file.path, 1000), await followers.sumOf(file.path, 1000)]).toEqual([
      file.sum,
      file.sum,
    ]);
  });
});
