import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BenchReport } from '../../contract/entities/bench.ts';
import type { Bench } from '../../model/index.ts';
import type { Dialogs } from '../data/data.ts';
import { createAnnounce } from '../announce.ts';
import { createBenchRoom } from './bench-room.ts';

const REPORT: BenchReport = {
  id: 'r1',
  modelId: 'local/m',
  modelName: 'M',
  sizeBytes: 1000,
  machine: { processor: 'P', cores: 2, memoryBytes: 1e9, platform: 'linux x64' },
  startedAt: 1,
  finishedAt: 2,
  complete: true,
  freeCores: 2,
  backends: [],
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-bench-room-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const room = (dialogs: Dialogs | null = null) =>
  createBenchRoom({
    models: { bench: { reports: () => [REPORT], run: () => null, choices: () => [] } as unknown as Bench },
    announce: createAnnounce(() => undefined),
    dialogs,
    clock: { now: () => 86_400_000 },
  });

describe('a report as a file', () => {
  it('is written whole as JSON and as a table, leaving nothing else behind', async () => {
    const [json, csv] = [join(folder, 'a.json'), join(folder, 'a.csv')];
    expect(await room().export('r1', 'json', json)).toEqual({ path: json });
    expect(await room().export('r1', 'csv', csv)).toEqual({ path: csv });
    expect(JSON.parse(readFileSync(json, 'utf8'))).toEqual(REPORT);
    expect(readFileSync(csv, 'utf8')).toMatch(/^finished_at,/u);
    expect(readdirSync(folder).sort()).toEqual(['a.csv', 'a.json']);
  });

  it('is asked for with a name that says the day, and not written when the person closes the dialog', async () => {
    let suggested = '';
    const dialogs: Dialogs = {
      openFile: () => Promise.resolve(null),
      saveFile: ({ suggestedName }) => {
        suggested = suggestedName;
        return Promise.resolve(null);
      },
      openFolder: () => Promise.resolve(),
    };
    expect(await room(dialogs).export('r1', 'csv')).toEqual({ path: null });
    expect(suggested).toBe('switchyard-bench-1970-01-02.csv');
  });

  it('is refused with a way on: gone, no whole path, a place that cannot be written', async () => {
    await expect(room().export('r2', 'csv', join(folder, 'a'))).rejects.toThrow('it was deleted');
    await expect(room().export('r1', 'csv', 'a.csv')).rejects.toThrow('whole path');
    await expect(room().export('r1', 'csv')).rejects.toThrow('Name a file');
    await expect(room().export('r1', 'csv', join(folder, 'nowhere', 'a.csv'))).rejects.toThrow('choose another place');
  });
});
