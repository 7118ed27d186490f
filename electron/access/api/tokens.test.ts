import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { memoryTokenRecords } from '../../../test/support/token-records.ts';
import { moveTokenFile } from './token-file.ts';
import { createTokens } from './tokens.ts';

const limits = { requestsPerMinute: null, concurrency: null, usdPerDay: null };

function make() {
  const records = memoryTokenRecords();
  let now = 1000;
  const open = () => createTokens({ records, config: () => [], now: () => now });
  return { records, open, at: (next: number) => (now = next) };
}

const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'switchyard-tokens-'));
  onTestFinished(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  return dir;
};

describe('tokens of the local API', () => {
  it('are known again after a restart, and nothing but their hash is kept', () => {
    const { records, open } = make();
    const token = open().issue({ name: 'serve', ...limits });
    expect(open().verify(token)).toEqual({ name: 'serve', ...limits });
    expect(JSON.stringify(records.all())).not.toContain(token);
  });

  it('replace the token of the same name and keep the others', () => {
    const tokens = make().open();
    const [first, other, second] = ['serve', 'ci', 'serve'].map((name) => tokens.issue({ name, ...limits }));
    const known = [first, other, second, ''].map((token) => tokens.verify(token ?? '')?.name ?? null);
    expect(known).toEqual([null, 'ci', 'serve', null]);
  });

  it('are refused from the moment they are taken back, though they were right before', () => {
    const tokens = make().open();
    const all = Array.from({ length: 40 }, (_, at) => tokens.issue({ name: `t${String(at)}`, ...limits }));
    const right = () => all.filter((token) => tokens.verify(token) !== null).length;
    expect([right(), right()]).toEqual([40, 40]);
    // The last one that was right is surely known by heart.
    tokens.revoke('t39');
    expect([tokens.verify(all[39] ?? ''), tokens.verify(`${all[8] ?? ''}x`), right()]).toEqual([null, null, 39]);
  });

  it('remember when they were last used, written once a minute at most', () => {
    const { records, open, at } = make();
    const tokens = open();
    const token = tokens.issue({ name: 'ci', ...limits });
    const kept = () => records.all()[0]?.lastUsedAt;
    tokens.verify(token);
    expect(kept()).toBe(1000);
    at(30_000);
    tokens.verify(token);
    expect([kept(), tokens.list()[0]?.lastUsedAt]).toEqual([1000, 30_000]);
    at(61_000);
    tokens.verify(token);
    expect(kept()).toBe(61_000);
    expect(open().list()[0]?.lastUsedAt).toBe(61_000);
  });

  it('of an earlier version move over from their file once; one that is damaged is dropped', () => {
    const dir = folder();
    const path = join(dir, 'api-tokens.json');
    const { records } = make();
    const sha256 = 'a'.repeat(64);
    writeFileSync(path, JSON.stringify({ tokens: [{ name: 'old', sha256, createdAt: 5 }] }));
    moveTokenFile(dir, records);
    expect(records.all()).toEqual([{ name: 'old', sha256, createdAt: 5, lastUsedAt: null, ...limits }]);
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, '{"tokens": [');
    moveTokenFile(dir, records);
    moveTokenFile(dir, records);
    expect([existsSync(path), records.all().length]).toEqual([false, 1]);
  });
});
