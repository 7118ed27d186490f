import BetterSqlite from 'better-sqlite3';
import { sqliteBinding } from './binding.ts';

/** What can be bound to a statement. Booleans are 0 and 1. */
export type SqlValue = string | number | bigint | null | Uint8Array;
/** A row as SQLite gives it: unknown until a row function has looked at it. */
export type Row = Readonly<Record<string, unknown>>;

/** One open connection. Every statement is prepared once and kept. */
export interface Database {
  readonly path: string;
  readonly readOnly: boolean;
  get(sql: string, ...params: SqlValue[]): Row | undefined;
  all(sql: string, ...params: SqlValue[]): Row[];
  /** Row by row; nothing else may use the connection until the iterator is done or left. */
  iterate(sql: string, ...params: SqlValue[]): IterableIterator<Row>;
  /** Returns how many rows changed. */
  run(sql: string, ...params: SqlValue[]): number;
  exec(sql: string): void;
  pragma(text: string): unknown;
  /** Runs `work` in one immediate transaction; inside another transaction it joins that one. */
  write<T>(work: () => T): T;
  /** Online copy into one new file; other statements may run meanwhile. Returns its size in pages. */
  backup(toPath: string): Promise<number>;
  close(): void;
}

interface OpenDatabaseOptions {
  readonly path: string;
  /** `read` opens an existing file and never changes it; in WAL mode its folder must still be writable. */
  readonly mode?: 'write' | 'read';
  /** Turns what SQLite threw into what callers should see. */
  readonly mapError?: (error: SqliteFailure) => unknown;
}

/** What SQLite said: its extended code (`SQLITE_FULL`, `SQLITE_CORRUPT_VTAB` …) and words. */
export interface SqliteFailure extends Error {
  readonly code: string;
}

/** True for errors SQLite itself raised. */
export const isSqliteFailure = (error: unknown): error is SqliteFailure => error instanceof BetterSqlite.SqliteError;

const BUSY_TIMEOUT_MS = 5000;

// cache_size: 8 MiB of private memory at most. mmap stays off: a truncated file would end the process with SIGBUS.
// synchronous NORMAL: a killed process loses nothing that was committed; a power cut may lose the last commits, never corrupts.
const CONNECTION_PRAGMAS = [
  'cache_size = -8192',
  'mmap_size = 0',
  'foreign_keys = ON',
  'trusted_schema = OFF',
  'cell_size_check = ON',
  'recursive_triggers = ON',
];
const WRITER_PRAGMAS = [
  'journal_mode = WAL',
  'synchronous = NORMAL',
  // The last resort, 64 MB: `storage/wal` moves it long before.
  'wal_autocheckpoint = 16000',
  'journal_size_limit = 16777216',
  'secure_delete = FAST',
];

/** Opens (or makes) a database file with this project's settings. Throws what `mapError` returns when it cannot. */
export function openDatabase({ path, mode = 'write', mapError }: OpenDatabaseOptions): Database {
  const translate = (error: unknown): unknown => (mapError && isSqliteFailure(error) ? mapError(error) : error);
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw translate(error);
    }
  };
  const connection = attempt(() => connect(path, mode));
  const statements = new Map<string, BetterSqlite.Statement<SqlValue[], Row>>();
  const statement = (sql: string): BetterSqlite.Statement<SqlValue[], Row> => {
    const known = statements.get(sql);
    if (known) return known;
    const made = connection.prepare<SqlValue[], Row>(sql);
    statements.set(sql, made);
    return made;
  };
  return {
    path,
    readOnly: mode !== 'write',
    get: (sql, ...params) => attempt(() => statement(sql).get(...params)),
    all: (sql, ...params) => attempt(() => statement(sql).all(...params)),
    iterate: (sql, ...params) => attempt(() => statement(sql).iterate(...params)),
    run: (sql, ...params) => attempt(() => statement(sql).run(...params).changes),
    exec: (sql) => void attempt(() => connection.exec(sql)),
    pragma: (text) => attempt(() => connection.pragma(text, { simple: true })),
    write: (work) => attempt(() => inTransaction(connection, (sql) => void statement(sql).run(), work)),
    backup: async (toPath) => {
      try {
        return (await connection.backup(toPath)).totalPages;
      } catch (error) {
        throw translate(error);
      }
    },
    close: () => {
      statements.clear();
      connection.close();
    },
  };
}

function connect(path: string, mode: 'write' | 'read'): BetterSqlite.Database {
  const nativeBinding = sqliteBinding(process.env, Reflect.get(process, 'resourcesPath'));
  const connection = new BetterSqlite(path, {
    timeout: BUSY_TIMEOUT_MS,
    readonly: mode !== 'write',
    ...(nativeBinding ? { nativeBinding } : {}),
  });
  try {
    for (const pragma of CONNECTION_PRAGMAS) connection.pragma(pragma);
    if (mode === 'write') for (const pragma of WRITER_PRAGMAS) connection.pragma(pragma);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** `say` runs a prepared statement: `exec` would read its words anew each time. */
function inTransaction<T>(connection: BetterSqlite.Database, say: (sql: string) => void, work: () => T): T {
  if (connection.inTransaction) return work();
  say('BEGIN IMMEDIATE');
  try {
    const result = work();
    say('COMMIT');
    return result;
  } catch (error) {
    // A full disk or a broken page ends the transaction by itself.
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}
