import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, describe } from 'vitest';
import { createChance } from '../../electron/cli/seed/chance.ts';
import { downloadsIn, openDataFolder, sumOf, wishFor } from '../support/files/download-kit.ts';
import { madeFile, partsOf, startHostileFiles, TRICKS } from '../support/files/hostile-files.ts';
import type { HostileFiles, ServedFile, Trick } from '../support/files/hostile-files.ts';
import { makeFolder } from '../support/scripted-core.ts';

const SOAK = process.env['SWITCHYARD_SOAK'] === '1';
const FILES = SOAK ? 50 : 4;
// A kill loses what stands in the socket's buffers, whatever the size of the file: models are a hundred times as large.
const SIZE_BYTES = (SOAK ? 8 : 6) * 1024 * 1024;
const KILLS = SOAK ? 60 : 2;
/** Parts the catalogue knows sums of. */
const PART_BYTES = 16 * 1024;
/** Each file has so many places where a trick is played on whoever asks for them, once each. */
const TRICKS_A_FILE = 6;

/** Holds the server until what it sent has arrived. */
async function quiet(server: HostileFiles, dataDir: string): Promise<() => void> {
  const goOn = server.hold();
  const folder = join(dataDir, 'models', '.downloads');
  const sizes = () => readdirSync(folder).map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size);
  for (let before = '', now = 'new'; before !== now; before = now, now = JSON.stringify(sizes()))
    await new Promise((resolve) => setTimeout(resolve, 100));
  return goOn;
}

const child = join(import.meta.dirname, '..', 'support', 'files', 'download-child.ts');

describe('downloads from a hostile server, killed at random', () => {
  it(
    `${FILES} files, ${KILLS} kills: each is installed as it should be, and at most 1% is fetched twice`,
    async () => {
      const chance = createChance(11);
      const files = Array.from({ length: FILES }, (_, i) => madeFile(`file-${i}.gguf`, SIZE_BYTES + i * 7919, i + 1));
      const places = new Map(
        files.map((file) => [
          file,
          Array.from({ length: TRICKS_A_FILE }, () => Math.floor(chance.next() * file.bytes.length)),
        ]),
      );
      const strikes = new Map<ServedFile, number>();
      const seen = new Set<Trick>();
      const server = await startHostileFiles({
        files,
        trick(file, _index, from, to) {
          const left = places.get(file) ?? [];
          const place = left.find((at) => at >= from && at < to);
          if (place === undefined) return null;
          places.set(
            file,
            left.filter((at) => at !== place),
          );
          strikes.set(file, place - from);
          const trick = chance.pick(TRICKS);
          // The whole again is only a trick where a part was asked for.
          if (trick === 'whole' && from === 0) return null;
          seen.add(trick);
          return trick;
        },
        strikesAt: (file) => strikes.get(file) ?? 0,
        pace: { bytes: 4096, ms: 2 },
      });
      const dataDir = makeFolder();
      const store = openDataFolder(dataDir);
      const kit = downloadsIn(dataDir, store);
      for (const file of files)
        kit.downloads.add(wishFor(file, [server.urlOf(file)], { parts: partsOf(file, PART_BYTES) }));
      await kit.dispose();
      store.dispose();

      let kills = 0;
      for (;;) {
        const process_ = spawn(process.execPath, [child, dataDir], { stdio: ['ignore', 'pipe', 'pipe'] });
        let out = '';
        let err = '';
        const ready = new Promise<void>((resolve) => {
          process_.stdout.on('data', (data: Buffer) => {
            out += data.toString('utf8');
            if (out.includes('READY')) resolve();
          });
          process_.on('close', () => resolve());
        });
        process_.stderr.on('data', (data: Buffer) => (err += data.toString('utf8')));
        const closed = new Promise<number | null>((resolve) => process_.on('close', resolve));
        await ready;
        if (kills < KILLS) {
          await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, chance.between(100, 2500)))]);
          // The short run is small: there what lies in the sockets at a kill would be more than its hundredth.
          const goOn = SOAK ? () => undefined : await quiet(server, dataDir);
          process_.kill('SIGKILL');
          await closed;
          goOn();
          kills++;
          if (!out.includes('DONE')) continue;
        }
        await closed;
        expect(err).toBe('');
        expect(out).toBe('READY\nDONE\n');
        break;
      }

      const after = openDataFolder(dataDir);
      const records = after.downloads.all();
      for (const file of files) {
        const record = records.find(({ title }) => title === file.name);
        expect(record?.state).toBe('done');
        expect(sumOf(record?.target ?? '')).toBe(file.sha256);
      }
      after.dispose();
      const installed = readdirSync(join(dataDir, 'models')).filter((name) => name.endsWith('.gguf'));
      expect(installed).toHaveLength(FILES);
      expect(readdirSync(join(dataDir, 'models', '.downloads'))).toEqual([]);
      const wanted = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
      const sent = files.reduce((sum, file) => sum + server.sentOf(file), 0);
      const twice = (sent - wanted) / wanted;
      console.log(
        `downloads: ${FILES} files, ${(wanted / 1e6).toFixed(0)} MB, ${kills} kills, ${server.requests.length} requests, tricks ${[...seen].sort().join(' ')}: ${(100 * twice).toFixed(3)}% sent twice`,
      );
      await server.stop();
      expect(twice).toBeLessThanOrEqual(0.01);
    },
    SOAK ? 900_000 : 120_000,
  );
});
