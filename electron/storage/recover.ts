import { copyFileSync, existsSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { say } from '../contract/sentences/index.ts';
import { verifyFile } from './health.ts';
import { stamp } from './migrate.ts';
import type { Migration } from './migrations/migration.ts';
import { salvage } from './salvage.ts';

const COMPANIONS = ['', '-wal', '-shm'];

/** Renames a database with everything that belongs to it. Returns the new path. */
export function moveAside(path: string, at: number): string {
  const aside = `${path}.damaged-${stamp(at)}`;
  for (const suffix of COMPANIONS) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  return aside;
}

/** `now`: epoch ms, names the damaged file. */
export interface RecoverOptions {
  readonly path: string;
  readonly snapshotDir: string;
  readonly migrations: readonly Migration[];
  readonly now: number;
}

/**
 * Moves a damaged file aside and puts the best there is in its place: what can be read of it, else the newest whole
 * snapshot, else a new file. Deletes nothing, and says in one sentence what it did.
 */
export function replaceDamaged({ path, snapshotDir, migrations, now }: RecoverOptions): string {
  const part = `${path}.part`;
  const saved = salvage(path, part, { migrations, now });
  const aside = moveAside(path, now);
  if (saved) {
    renameSync(part, path);
    const lost = saved.lost.length > 0 ? ` ${say('app.storage.lost', { problems: saved.lost.join(', ') })}` : '';
    return `${say('app.storage.salvaged', { path: aside })}${lost}`;
  }
  const snapshot = newestWholeSnapshot(snapshotDir, migrations.length);
  if (!snapshot) return say('app.storage.begun_anew', { path: aside });
  // Copied beside and renamed: a crash in between leaves no half file under the real name.
  copyFileSync(snapshot, part);
  renameSync(part, path);
  return say('app.storage.restored', { snapshot, path: aside });
}

/** Snapshots carry their time first in their names, so that names sort by age. */
function newestWholeSnapshot(snapshotDir: string, known: number): string | null {
  if (!existsSync(snapshotDir)) return null;
  const names = readdirSync(snapshotDir).filter((name) => name.endsWith('.db'));
  for (const name of names.sort().reverse()) {
    const path = join(snapshotDir, name);
    try {
      verifyFile(path, dirname(path), known);
      return path;
    } catch {
      // Not whole, or not ours: the next older one may be.
    }
  }
  return null;
}
