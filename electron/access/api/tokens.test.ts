import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTokenFile } from './token-file.ts';
import { createTokens } from './tokens.ts';

const NO_LIMITS = { requestsPerMinute: null, concurrency: null, usdPerDay: null };
const openTokens = (dir: string) => {
  const tokens = createTokens({ records: openTokenFile(dir), config: () => [], now: () => 1 });
  return {
    issue: (name: string) => tokens.issue({ name, ...NO_LIMITS }),
    verify: (token: string) => tokens.verify(token) !== null,
    names: () => tokens.list().map(({ name }) => name),
  };
};

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'switchyard-tokens-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('tokens of the local API', () => {
  it('knows a token again after a restart and stores nothing but its hash', () => {
    const token = openTokens(dir).issue('serve');
    expect(openTokens(dir).verify(token)).toBe(true);
    expect(readFileSync(join(dir, 'api-tokens.json'), 'utf8')).not.toContain(token);
  });

  it('replaces the token of the same name and keeps the others', () => {
    const tokens = openTokens(dir);
    const [first, other, second] = [tokens.issue('serve'), tokens.issue('ci'), tokens.issue('serve')];
    expect([first, other, second, ''].map((token) => tokens.verify(token))).toEqual([false, true, true, false]);
  });

  it('lets only its owner read the file', () => {
    openTokens(dir).issue('serve');
    if (process.platform !== 'win32') expect(statSync(join(dir, 'api-tokens.json')).mode & 0o077).toBe(0);
  });

  it('starts with no token when the file is damaged', () => {
    writeFileSync(join(dir, 'api-tokens.json'), '{"tokens": [');
    expect(openTokens(dir).names()).toEqual([]);
  });
});
