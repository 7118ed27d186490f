import { dirname } from 'node:path';
import { FaultError } from '../../contract/faults.ts';

const fault = (detail: string): FaultError =>
  new FaultError({ code: 'storage_full', origin: 'infrastructure', recoverable: false, detail });

/** What a person is told when the disk refuses a part of a download. What was fetched before stays. */
export function fileTrouble(error: unknown, path: string): FaultError {
  if (error instanceof FaultError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const folder = dirname(path);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return fault(`The disk that holds ${folder} is full: free some space, then resume. What came so far is kept.`);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return fault(`Nothing can be written to ${folder}: make it writable, then resume.`);
  if (code === 'EFBIG') return fault(`The disk that holds ${folder} takes no file of this size: use another disk.`);
  return fault(`Writing to ${folder} failed (${code === '' ? String(error) : code}): check the disk, then resume.`);
}
