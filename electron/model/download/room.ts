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
  const others = owedBytes > 0 ? `, other downloads take ${gigabytes(owedBytes)}` : '';
  return `It needs ${gigabytes(missingBytes)}${others}, and the disk that holds ${folder} has ${gigabytes(freeBytes)} free: free ${gigabytes(short)}, then resume.`;
}
