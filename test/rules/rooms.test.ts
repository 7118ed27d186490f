import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NARROW_DOORS, PACKAGE_HOMES, ROOMS } from './rooms.ts';

const root = resolve(import.meta.dirname, '../..');

function sources(): string[] {
  return ['electron', 'native', 'renderer'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => `${folder}/${name}`),
  );
}

describe('the rooms', () => {
  it('hold every source file in exactly one room', () => {
    const strays = sources().filter((file) => ROOMS.filter((room) => new RegExp(room.path).test(file)).length !== 1);
    expect(strays).toEqual([]);
  });

  it('stand in ARCHITECTURE.md with the imports the build enforces', () => {
    const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `([^`]+)` +\| ([^|]*) \|/gm)].map(([, name, may]) => [
      name,
      (may ?? '').trim() === 'nothing' ? [] : (may ?? '').split(',').map((part) => part.trim()),
    ]);
    expect(rows).toEqual(ROOMS.map((room) => [room.name, [...room.may]]));
  });

  it('name only rooms that exist', () => {
    const names = new Set(ROOMS.map((room) => room.name));
    expect(ROOMS.flatMap((room) => room.may).filter((name) => !names.has(name))).toEqual([]);
  });

  it('are small: no source file is over 400 lines', () => {
    const long = sources().filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 401);
    expect(long).toEqual([]);
  });
});

describe('the tool that guards the rooms', () => {
  const canary = (files: Record<string, string>): string => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-rules-'));
    try {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(join(folder, name, '..'), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      writeFileSync(
        join(folder, 'tsconfig.renderer.json'),
        '{"compilerOptions":{"allowImportingTsExtensions":true,"noEmit":true},"include":["**/*.ts"]}',
      );
      const entries = [...new Set(Object.keys(files).map((name) => name.split('/')[0] ?? ''))];
      execFileSync(
        process.execPath,
        [
          join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
          '--config',
          join(root, 'test/rules/room-rules.cjs'),
          '--output-type',
          'err',
          ...entries,
        ],
        { cwd: folder, encoding: 'utf8', stdio: 'pipe' },
      );
      return '';
    } catch (error) {
      if (error instanceof Error && 'stdout' in error && 'stderr' in error) return `${error.stdout}${error.stderr}`;
      throw error;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  it('refuses a room that reaches upwards', () => {
    const said = canary({
      'electron/storage/a.ts': "import { b } from '../router/b.ts';\nexport const a = b;\n",
      'electron/router/b.ts': 'export const b = 1;\n',
    });
    expect(said).toContain('room: storage imports only');
  });

  it('refuses a package outside its home', () => {
    const said = canary({
      'electron/storage/a.ts': "import Database from 'better-sqlite3';\nexport const a = Database;\n",
    });
    expect(said).toContain('package: better-sqlite3 has one home');
  });

  it('refuses one room of the window inside another', () => {
    const said = canary({
      'renderer/rooms/chat/a.ts': "import { b } from '../traces/b.ts';\nexport const a = b;\n",
      'renderer/rooms/traces/b.ts': 'export const b = 1;\n',
    });
    expect(said).toContain('siblings: a room of the window imports no other room');
  });

  it('lets a room import downwards', () => {
    const said = canary({
      'electron/storage/a.ts': "import { b } from '../base/b.ts';\nexport const a = b;\n",
      'electron/base/b.ts': 'export const b = 1;\n',
    });
    expect(said).toBe('');
  });

  it('knows a home or a door for each thing it guards', () => {
    expect(PACKAGE_HOMES.length).toBeGreaterThan(3);
    expect(NARROW_DOORS.length).toBeGreaterThan(0);
  });
});
