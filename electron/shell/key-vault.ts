import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { safeStorage } from 'electron';
import type { KeyVault } from '../base/key-vault.ts';
import type { Log } from '../base/log.ts';

/** `basic_text` is encryption with a password everybody knows: as good as none (Electron, safeStorage). */
const hasKeychain = (): boolean =>
  safeStorage.isEncryptionAvailable() &&
  (process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text');

/**
 * Keys encrypted with a secret of the system's keychain, in one file of the data folder. Without a keychain nothing is written:
 * keys then live until the app ends. Only after the app is ready.
 */
export function createKeyVault(path: string, log: Log): KeyVault {
  const keychain = hasKeychain();
  const session = new Map<string, string>();
  let sealed = keychain ? read() : {};

  function read(): Record<string, string> {
    try {
      const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
      return Object.fromEntries(
        Object.entries(Object(found) as object).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
      );
    } catch {
      return {};
    }
  }
  function write(next: Record<string, string>): void {
    mkdirSync(dirname(path), { recursive: true });
    const temporary = `${path}.${String(process.pid)}.tmp`;
    writeFileSync(temporary, JSON.stringify(next), { mode: 0o600 });
    renameSync(temporary, path);
    sealed = next;
  }

  return {
    keychain,
    get(name) {
      const known = session.get(name);
      if (known !== undefined) return known;
      const blob = sealed[name];
      if (blob === undefined) return null;
      try {
        const key = safeStorage.decryptString(Buffer.from(blob, 'base64'));
        session.set(name, key);
        return key;
      } catch {
        // Sealed by another keychain (a restored backup, another account): it has to be entered again.
        log.write('warn', 'keys.unreadable', { name });
        return null;
      }
    },
    set(name, key) {
      session.set(name, key);
      if (keychain) write({ ...sealed, [name]: safeStorage.encryptString(key).toString('base64') });
    },
    forget(name) {
      session.delete(name);
      if (sealed[name] !== undefined) write(Object.fromEntries(Object.entries(sealed).filter(([key]) => key !== name)));
    },
  };
}
