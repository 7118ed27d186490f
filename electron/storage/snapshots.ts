import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Always kept, however old and large. */
const KEEP_ALWAYS = 2;
const KEEP_MOST = 6;
const KEEP_DAYS = 180;
const KEEP_BYTES = 2 * 1024 ** 3;
const DAY_MS = 86_400_000;

/** What `migrate` writes: the time first, so that names sort by age. A person's own copies have other names. */
const SNAPSHOT = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)-(\d{3})Z-before-v\d+\.db$/;

/**
 * Removes old snapshots: beyond the newest two, those over 180 days old, beyond the sixth, or beyond 2 GiB together. `now`: epoch ms.
 * Called once the newer schema is in place and whole. One that cannot be removed stays: it harms nobody. Returns what is gone.
 */
export function pruneSnapshots(snapshotDir: string, now: number): string[] {
  const gone: string[] = [];
  let bytes = 0;
  for (const [place, name] of newestFirst(snapshotDir).entries()) {
    const path = join(snapshotDir, name);
    try {
      bytes += statSync(path).size;
      const tooMany = place >= KEEP_MOST || bytes > KEEP_BYTES;
      const tooOld = now - takenAt(name) > KEEP_DAYS * DAY_MS;
      if (place < KEEP_ALWAYS || !(tooMany || tooOld)) continue;
      rmSync(path);
      gone.push(name);
    } catch {
      // Another start may have removed it, or the disk refuses: nothing depends on it.
    }
  }
  return gone;
}

function newestFirst(snapshotDir: string): string[] {
  try {
    return readdirSync(snapshotDir)
      .filter((name) => SNAPSHOT.test(name))
      .sort()
      .reverse();
  } catch {
    return [];
  }
}

const takenAt = (name: string): number => Date.parse(name.replace(SNAPSHOT, '$1:$2:$3.$4Z'));
