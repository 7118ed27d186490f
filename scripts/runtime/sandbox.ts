import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SETUID = 0o4000;

/** Chromium refuses to start as root with its sandbox on; for anybody else the sandbox stays. */
export function sandboxSwitches(): string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/** Some Linux systems refuse Chromium its sandbox unless a helper is set up once; undefined where none of that applies. */
export function sandboxTrouble(dist: string): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() === 0) return undefined;
  const forbidden = setting('kernel/apparmor_restrict_unprivileged_userns') === '1';
  const absent = setting('kernel/unprivileged_userns_clone') === '0' || setting('user/max_user_namespaces') === '0';
  if (!forbidden && !absent) return undefined;
  const helper = join(dist, 'chrome-sandbox');
  const file = statSync(helper, { throwIfNoEntry: false });
  if (file?.uid === 0 && (file.mode & SETUID) !== 0) return undefined;
  return `This system lets Chromium have its sandbox only after: sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'`;
}

function setting(path: string): string | undefined {
  try {
    return readFileSync(join('/proc/sys', path), 'utf8').trim();
  } catch {
    return undefined;
  }
}
