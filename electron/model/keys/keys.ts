import type { KeyVault } from '../../base/key-vault.ts';
import { FaultError, refuse } from '../../contract/faults.ts';
import type { ProviderConfig } from '../../contract/providers.ts';
import { say } from '../../contract/sentences/index.ts';
import { providerTitle } from '../classify/provider-name.ts';

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

/** What a field of a request can hold (RFC 9110, 5.5); others are refused as they are, and nobody is told which it was. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/u;

/** The headers that a person wants sent besides, read at the moment of use. Throws a FaultError where the environment lacks one. */
export function moreHeadersOf(
  config: ProviderConfig,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, { env: variable }] of Object.entries(config.headers ?? {})) {
    const value = env[variable]?.trim() ?? '';
    const named = { name: providerTitle(config), variable };
    if (value === '') throw refuse(say('said.provider.no_header', named), 'auth');
    if (!FIELD_VALUE.test(value)) throw refuse(say('said.provider.bad_header', named), 'auth');
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

/** Why these headers cannot be sent now, in one sentence; null = they can. */
export function headersProblem(config: ProviderConfig): string | null {
  try {
    moreHeadersOf(config);
    return null;
  } catch (error) {
    if (error instanceof FaultError) return error.fault.detail;
    throw error;
  }
}
