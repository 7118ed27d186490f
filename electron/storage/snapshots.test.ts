import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stamp } from './migrate.ts';
import { pruneSnapshots } from './snapshots.ts';

const NOW = Date.UTC(2026, 5, 1);
const DAY_MS = 86_400_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-snapshots-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A snapshot so many days old, of so many bytes (a hole in the disk, so that large ones cost nothing). */
const snapshot = (days: number, bytes = 10): string => {
  const name = `${stamp(NOW - days * DAY_MS)}-before-v7.db`;
  writeFileSync(join(folder, name), '');
  truncateSync(join(folder, name), bytes);
  return name;
};

it('keeps the newest six of many recent ones', () => {
  const names = [1, 2, 3, 4, 5, 6, 7, 8].map((days) => snapshot(days));
  expect(pruneSnapshots(folder, NOW).sort()).toEqual(names.slice(6).sort());
  expect(readdirSync(folder).sort()).toEqual(names.slice(0, 6).sort());
});

it('keeps the newest two however old and large they are', () => {
  const names = [400, 500, 600].map((days) => snapshot(days, 2 * 1024 ** 3));
  expect(pruneSnapshots(folder, NOW)).toEqual(names.slice(2));
});

it('removes what is half a year old, and what takes more than 2 GiB with the newer ones', () => {
  const names = [snapshot(1), snapshot(2), snapshot(3, 2 * 1024 ** 3), snapshot(181)];
  expect(pruneSnapshots(folder, NOW)).toEqual([names[2], names[3]]);
});

it('touches nothing with a name that is not its own', () => {
  const own = ['my copy.db', '2020-01-01-before-v6.db', '2020-01-01T00-00-00-000Z-before-v1.db.part'];
  for (const name of own) writeFileSync(join(folder, name), 'x');
  for (const days of [1, 2, 3]) snapshot(days);
  expect(pruneSnapshots(folder, NOW)).toEqual([]);
  expect(readdirSync(folder)).toHaveLength(6);
});

it('is content with a folder that does not exist', () => {
  expect(pruneSnapshots(join(folder, 'none'), NOW)).toEqual([]);
});
