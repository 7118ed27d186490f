import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sqliteBinding } from './binding.ts';
import { isSqliteFailure, openDatabase } from './index.ts';

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-sqlite-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function makeDatabase() {
  const path = join(makeFolder(), 'test.db');
  const db = openDatabase({ path });
  onTestFinished(() => db.close());
  db.exec('CREATE TABLE words (word TEXT NOT NULL UNIQUE) STRICT');
  return { db, path };
}

describe('a database connection', () => {
  it('uses a write-ahead log, foreign keys and no memory map', () => {
    const { db } = makeDatabase();
    const settings = ['journal_mode', 'synchronous', 'foreign_keys', 'mmap_size', 'busy_timeout'];
    expect(settings.map((name) => db.pragma(name))).toEqual(['wal', 1, 1, 0, 5000]);
  });

  it('takes a transaction back whole when it throws, and joins one that is open', () => {
    const { db } = makeDatabase();
    expect(() =>
      db.write(() => {
        db.run('INSERT INTO words VALUES (?)', 'one');
        db.write(() => db.run('INSERT INTO words VALUES (?)', 'two'));
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(db.all('SELECT * FROM words')).toEqual([]);
    db.write(() => db.run('INSERT INTO words VALUES (?)', 'three'));
    expect(db.get('SELECT word FROM words')).toEqual({ word: 'three' });
  });

  it('hands what SQLite says to whoever maps it to a fault', () => {
    const { path } = makeDatabase();
    const mapError = (error: { code: string }) => new Error(`mapped ${error.code}`);
    const db = openDatabase({ path, mapError });
    onTestFinished(() => db.close());
    db.run('INSERT INTO words VALUES (?)', 'one');
    expect(() => db.run('INSERT INTO words VALUES (?)', 'one')).toThrow('mapped SQLITE_CONSTRAINT_UNIQUE');
    expect(() => db.get('SELECT * FROM nothing')).toThrow('mapped SQLITE_ERROR');
    expect(() =>
      db.write(() => {
        throw new TypeError('ours');
      }),
    ).toThrow(TypeError);
  });

  it('opened for reading changes nothing', () => {
    const { path } = makeDatabase();
    const db = openDatabase({ path, mode: 'read' });
    onTestFinished(() => db.close());
    expect(db.readOnly).toBe(true);
    try {
      db.run('INSERT INTO words VALUES (?)', 'one');
      expect.unreachable();
    } catch (error) {
      expect(isSqliteFailure(error) && error.code).toBe('SQLITE_READONLY');
    }
  });
});

describe('the addon file', () => {
  it('is the named one, else the packaged one, else left to the library', () => {
    const resources = makeFolder();
    expect(sqliteBinding({}, undefined)).toBeUndefined();
    expect(sqliteBinding({}, resources)).toBeUndefined();
    const packaged = join(resources, 'better_sqlite3.node');
    writeFileSync(packaged, '');
    expect(sqliteBinding({}, resources)).toBe(packaged);
    expect(sqliteBinding({ SWITCHYARD_SQLITE_BINDING: '/other.node' }, resources)).toBe('/other.node');
  });
});
