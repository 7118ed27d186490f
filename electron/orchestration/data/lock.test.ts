import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataFolder, lockHolder } from './lock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-lock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('locking a data folder', () => {
  it('names the process that holds it', () => {
    const lock = lockDataFolder(folder, 'the app');
    expect(() => lockDataFolder(folder, 'serve')).toThrow(new RegExp(`the app, process ${String(process.pid)}`));
    lock.dispose();
  });

  it('is free again after it was let go', () => {
    lockDataFolder(folder, 'the app').dispose();
    expect(lockHolder(folder)).toBeNull();
    expect(lockDataFolder(folder, 'serve').problem).toBeNull();
  });

  it('takes over from a process that died', () => {
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 2 ** 22 - 3, startedTicks: '1', what: 'the app' }));
    expect(lockDataFolder(folder, 'serve').problem).toBeNull();
  });

  it('takes over from an earlier process whose number was given away again', () => {
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, startedTicks: '1', what: 'the app' }));
    expect(lockDataFolder(folder, 'serve').problem).toBeNull();
  });

  it('takes over a lock file that says nothing', () => {
    writeFileSync(join(folder, 'lock'), 'half writ');
    expect(lockDataFolder(folder, 'serve').problem).toBeNull();
  });
});
