import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { downloadsIn, openDataFolder, sumOf, wishFor } from '../support/files/download-kit.ts';
import { madeFile, startHostileFiles } from '../support/files/hostile-files.ts';
import { makeFolder } from '../support/scripted-core.ts';

/** A disk of its own that holds so many bytes; needs the right to mount one. */
function mountSmallDisk(folder: string, bytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(bytes)}`, 'none', folder], { stdio: 'ignore' });
}
const canMount = ((): boolean => {
  if (process.platform !== 'linux') return false;
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-mount-'));
  try {
    mountSmallDisk(folder, 65_536);
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();

const file = madeFile('model.gguf', 900_000, 7);
const DISK_BYTES = 512 * 1024;

describe('a download onto a disk that fills up', () => {
  it.skipIf(!canMount)(
    'stops with what to do, keeps what came, and goes on from there once there is room',
    async () => {
      const dataDir = makeFolder();
      const models = join(dataDir, 'models');
      mkdirSync(models);
      mountSmallDisk(models, DISK_BYTES);
      const server = await startHostileFiles({ files: [file] });
      const store = openDataFolder(dataDir);
      // Nobody can tell how much is free, as where a quota counts: the disk itself has to say it.
      const { downloads, until, dispose } = downloadsIn(dataDir, store, { freeBytes: () => null });
      onTestFinished(async () => {
        await dispose();
        store.dispose();
        await server.stop();
        execFileSync('umount', [models], { stdio: 'ignore' });
      });
      downloads.add(wishFor(file, [server.urlOf(file)]));
      downloads.begin();
      await until(([entry]) => entry?.state === 'failed');
      const [failed] = downloads.list();
      expect(failed?.problem).toMatch(
        /^The disk that holds .*models.* is full: free some space, then resume\. What came so far is kept\.$/u,
      );
      expect(existsSync(join(models, 'model.gguf'))).toBe(false);
      expect(failed?.receivedBytes).toBeGreaterThan(DISK_BYTES / 2);

      execFileSync('mount', ['-o', 'remount,size=4m', models], { stdio: 'ignore' });
      const before = server.sentOf(file);
      const kept = failed?.receivedBytes ?? 0;
      downloads.resume(failed?.id ?? '');
      await until(([entry]) => entry?.state === 'done');
      expect(sumOf(join(models, 'model.gguf'))).toBe(file.sha256);
      expect(readdirSync(models)).toContain('model.gguf');
      // Only what was missing came again.
      expect(server.sentOf(file) - before).toBeLessThanOrEqual(file.bytes.length - kept + 1);
    },
  );
});
