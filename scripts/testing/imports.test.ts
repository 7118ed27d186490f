import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { importKeys } from './imports.ts';

let root: string;
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const keyOf = (path: string): string => importKeys(root, ['settings.json']).keyOf(path);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'switchyard-imports-'));
  write('settings.json', '{}');
  write('a.ts', "import { b } from './b/b.ts';\nexport const a = b;\n");
  write('b/b.ts', "import type { C } from '../c.ts';\nexport const b: C = 1;\n");
  write('c.ts', "import './a.ts';\nexport type C = number;\n");
  write('d.ts', "import { readFileSync } from 'node:fs';\nexport const d = readFileSync;\n");
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

it('gives a file another key when something it reaches through others changed, types included', () => {
  const before = { a: keyOf('a.ts'), d: keyOf('d.ts') };
  write('c.ts', "import './a.ts';\nexport type C = number | null;\n");
  expect(keyOf('a.ts')).not.toBe(before.a);
  expect(keyOf('d.ts')).toBe(before.d);
});

it('gives every file another key when a setting changed', () => {
  const before = keyOf('d.ts');
  write('settings.json', '{"strict":true}');
  expect(keyOf('d.ts')).not.toBe(before);
});

it('keeps a key while nothing changed, though files import each other in a circle', () => {
  expect(keyOf('a.ts')).toBe(keyOf('a.ts'));
  expect(keyOf('a.ts')).not.toBe(keyOf('d.ts'));
});
