import { say } from '../contract/sentences/index.ts';
import type { SqliteFailure } from '../../native/sqlite/index.ts';
import { FaultError, type FaultCode } from '../contract/faults.ts';

const storageFault = (code: FaultCode, detail: string): FaultError =>
  new FaultError({ code, origin: 'infrastructure', recoverable: false, detail });

/** The data folder cannot be written. */
export const cannotWrite = (folder: string): FaultError =>
  storageFault('storage_full', say('app.storage.cannot_write', { folder }));

/** The disk has no room left. */
export const diskFull = (folder: string): FaultError =>
  storageFault('storage_full', say('app.storage.full', { folder }));

/** The file was written by a newer program. */
export const tooNew = (path: string, found: number, known: number): FaultError =>
  new FaultError({
    code: 'invalid_request',
    origin: 'user',
    recoverable: false,
    detail: `${path} was written by a newer Switchyard (data version ${found}, this one reads up to ${known}): update Switchyard, or start it with another data folder. The file was not touched.`,
  });

/** The file is a SQLite database, but not one of ours. */
export const notOurs = (path: string): FaultError =>
  new FaultError({
    code: 'invalid_request',
    origin: 'user',
    recoverable: false,
    detail: `${path} belongs to another program: choose another data folder or another file. The file was not touched.`,
  });

/** A stored row does not read as what it should be, or SQLite found damage. */
export const damaged = (what: string): FaultError =>
  storageFault('storage_corrupt', say('app.storage.damaged', { why: what }));

/** What a person is told when SQLite fails while working on a file in `folder`. */
export function sqliteFault(error: SqliteFailure, folder: string): unknown {
  const { code } = error;
  if (code === 'SQLITE_FULL') return diskFull(folder);
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN')) return cannotWrite(folder);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return damaged(error.message);
  if (code.startsWith('SQLITE_IOERR'))
    return storageFault('storage_full', say('app.storage.disk', { folder, why: code }));
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new FaultError({
      code: 'conflict',
      origin: 'infrastructure',
      recoverable: true,
      detail: say('app.storage.busy', { folder }),
    });
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY')
    return new FaultError({
      code: 'conflict',
      origin: 'user',
      recoverable: false,
      detail: say('app.storage.twice'),
    });
  return error;
}

/** A writer was asked about something that is not there. */
export const missing = (what: string, key: string): FaultError =>
  new FaultError({
    code: 'not_found',
    origin: 'user',
    recoverable: false,
    detail: say('app.storage.none', { what, key }),
  });

/** What a person is told when the file system refuses to write in `folder`. */
export function fileFault(error: unknown, folder: string): unknown {
  if (error instanceof FaultError || !(error instanceof Error)) return error;
  const code = String(Reflect.get(error, 'code'));
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(folder);
  return ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes(code) ? cannotWrite(folder) : error;
}
