import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The addon file to load instead of the one better-sqlite3 would choose; undefined = its own choice. */
export function sqliteBinding(
  env: Readonly<Record<string, string | undefined>>,
  resourcesPath: unknown,
): string | undefined {
  const named = env['SWITCHYARD_SQLITE_BINDING'];
  if (named) return named;
  if (typeof resourcesPath !== 'string') return undefined;
  const packaged = join(resourcesPath, 'better_sqlite3.node');
  return existsSync(packaged) ? packaged : undefined;
}
