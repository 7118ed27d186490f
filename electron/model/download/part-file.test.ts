import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openPartFile, trusted } from './part-file.ts';
import type { Progress } from './part-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-part-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const run = (from: number, to: number) => ({ from, to, tag: 't' });
const noted = (...have: Progress['have']): Progress => ({ have, synced: [], boot: 'now' });

describe('what is trusted of a file that was being written when its process was killed', () => {
  it('reaches as far as the file, past the last note', () => {
    expect(trusted(noted(run(0, 50)), 'now', 80, 100)).toEqual([run(0, 80)]);
  });

  it('reaches as far as the file where a part before was dropped, too', () => {
    expect(trusted(noted(run(0, 20), run(40, 50)), 'now', 80, 100)).toEqual([run(0, 20), run(40, 80)]);
  });

  it('is only what was flushed after the system was started anew', () => {
    expect(trusted({ ...noted(run(0, 50)), synced: [run(0, 10)] }, 'then', 80, 100)).toEqual([run(0, 10)]);
  });

  it('is nothing of what was found wrong: such bytes are cut off', async () => {
    const path = join(folder, 'x.part');
    const notes: Progress[] = [];
    const deps = {
      path,
      sizeBytes: 100,
      boot: 'now',
      monotonicMs: () => 0,
      save: (note: Progress) => notes.push(note),
    };
    const file = await openPartFile({ ...deps, progress: null });
    await file.write(Buffer.alloc(60), 0, 't');
    await file.keep([]);
    await file.close();
    const last = notes.at(-1) ?? null;
    expect(last && trusted(last, 'now', statSync(path).size, 100)).toEqual([]);
  });
});
