import type { KeyVault } from '../../base/key-vault.ts';
import type { ProviderConfig } from '../../contract/providers.ts';

/** Keys in this process's memory alone. */
export function createSessionVault(): KeyVault {
  const keys = new Map<string, string>();
  return {
    keychain: false,
    get: (name) => keys.get(name) ?? null,
    set: (name, key) => void keys.set(name, key),
    forget: (name) => void keys.delete(name),
  };
}

/** A provider's key, read at the moment of use; null = it has none here. */
export function keyOf(
  { apiKey }: Pick<ProviderConfig, 'apiKey'>,
  vault: KeyVault,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  if (apiKey === undefined) return null;
  const key = 'env' in apiKey ? env[apiKey.env] : vault.get(apiKey.keychain);
  return key === undefined || key === null || key.trim() === '' ? null : key.trim();
}
