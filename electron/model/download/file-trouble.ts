import { say } from '../../contract/sentences/index.ts';
import { dirname } from 'node:path';
import { FaultError } from '../../contract/faults.ts';

const fault = (detail: string): FaultError =>
  new FaultError({ code: 'storage_full', origin: 'infrastructure', recoverable: false, detail });

/** What a person is told when the disk refuses a part of a download. What was fetched before stays. */
export function fileTrouble(error: unknown, path: string): FaultError {
  if (error instanceof FaultError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const folder = dirname(path);
  if (code === 'ENOSPC' || code === 'EDQUOT') return fault(say('model.download.full', { folder }));
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return fault(say('model.download.locked', { folder }));
  if (code === 'EFBIG') return fault(say('model.download.too_large', { folder }));
  return fault(say('model.download.write_failed', { folder, code: code === '' ? String(error) : code }));
}
