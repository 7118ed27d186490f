import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../native/sqlite/index.ts';
import { checkpoint } from './checkpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-checkpoint-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a checkpoint', () => {
  it('leaves a WAL that was begun anew already, and the version as it was', () => {
    const db = openDatabase({ path: join(folder, 'anew.db'), mapError: (error) => error });
    db.exec('PRAGMA user_version = 7; CREATE TABLE words (word TEXT)');
    for (let at = 0; at < 50; at++) db.write(() => db.run('INSERT INTO words VALUES (?)', 'x'.repeat(9_000)));
    const frames = (): number => Number(db.get('PRAGMA wal_checkpoint(PASSIVE)')?.['log']);
    const before = frames();
    checkpoint(db);
    expect(before).toBeGreaterThan(100);
    expect(frames()).toBeLessThan(5);
    expect(db.get('PRAGMA user_version')).toEqual({ user_version: 7 });
    db.close();
  });
});
