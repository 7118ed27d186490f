import { say } from '../../contract/sentences/index.ts';

/** Left free on the disk for everything else, in bytes: the database, snapshots, other programs. */
const RESERVE_BYTES = 64 * 1024 * 1024;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1)} GB`;

/** Why a file does not fit on the disk, one sentence; null = it does, or it cannot be told. `owedBytes` = what others will take. */
export function noRoom(
  folder: string,
  freeBytes: number | null,
  missingBytes: number,
  owedBytes: number,
): string | null {
  if (freeBytes === null) return null;
  const short = missingBytes + owedBytes + RESERVE_BYTES - freeBytes;
  if (short <= 0) return null;
  const slots = { needed: gigabytes(missingBytes), folder, free: gigabytes(freeBytes), short: gigabytes(short) };
  return owedBytes > 0
    ? say('model.download.no_room_beside', { ...slots, owed: gigabytes(owedBytes) })
    : say('model.download.no_room', slots);
}
