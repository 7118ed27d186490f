import { say } from '../../contract/sentences/index.ts';
import type { KeyVault } from '../../base/key-vault.ts';
import type { CallOutput } from '../../contract/calls.ts';
import type { Config } from '../../contract/config.ts';
import { refuse } from '../../contract/faults.ts';
import { isNear } from '../../model/index.ts';
import type {
  NetworkState,
  ProviderConfig,
  ProviderEntry,
  ProviderHealth,
  ProviderTest,
} from '../../contract/providers.ts';
import type { Announce } from '../announce.ts';
import type { Settings } from '../settings/settings.ts';

export interface ProvidersDeps {
  readonly settings: Pick<Settings, 'config' | 'save' | 'state'>;
  readonly vault: KeyVault;
  readonly announce: Announce;
  /** Whether a key is there now; the key itself never comes here. */
  readonly hasKey: (config: ProviderConfig) => boolean;
  /** Whether this kind of provider wants a key at all. */
  readonly needsKey: (config: ProviderConfig) => boolean;
  /** Why the headers it wants besides cannot be sent now; null = they can. */
  readonly headersProblem: (config: ProviderConfig) => string | null;
  /** What was seen of it. */
  readonly healthOf: (providerId: string) => ProviderHealth;
  readonly network: () => NetworkState;
  readonly spentTodayUsd: (providerId: string) => number;
  /** A new key may work: breakers that wait for one close. */
  readonly keyChanged: (providerId: string) => void;
  /** Epoch ms. */
  readonly now: () => number;
  readonly test: (config: ProviderConfig, signal: AbortSignal) => Promise<ProviderTest>;
}

/** A provider that says nothing for so long is called out of reach, in ms. */
const TEST_MS = 15_000;

/** No key has it, and a header cannot carry most of it: spaces, controls, quotes, what is not ASCII. */
const NO_KEY_SIGN = /[^\x21-\x7e]|["'`]/u;

/** What a test was about: once it changes, what the test said is of the past. */
const askedOf = ({ kind, baseUrl, apiKey, headers }: ProviderConfig): string =>
  JSON.stringify([kind, baseUrl, apiKey, headers]);

const originOf = ({ baseUrl }: ProviderConfig): string | null =>
  baseUrl !== undefined && URL.canParse(baseUrl) ? new URL(baseUrl).origin : null;

/** A person trusts a server with private words, not the name it has here: at another one outside their own networks nobody has said so yet. */
function trustedAsSaid(next: ProviderConfig, old: ProviderConfig | undefined): ProviderConfig {
  const isAnother = old?.trustedForPrivate === true && originOf(old) !== originOf(next) && !isNear(next.baseUrl);
  return isAnother ? { ...next, trustedForPrivate: false } : next;
}

/** Providers as the Models room shows and changes them. They stand in the settings file; their keys never do. */
export function createProviders(deps: ProvidersDeps) {
  const { settings, vault, announce } = deps;
  /** What the last test said, by provider: what no turn has shown yet. `okAt`: epoch ms, null = it failed. */
  const lastTests = new Map<string, { okAt: number | null; detail: string; of: string }>();
  const all = (): readonly ProviderConfig[] => settings.config().providers;

  const find = (providerId: string): ProviderConfig => {
    const found = all().find(({ id }) => id === providerId);
    if (!found) throw refuse(say('app.provider.none', { name: providerId }), 'not_found');
    return found;
  };
  const store = (providers: readonly ProviderConfig[]): void => {
    const config: Config = { ...settings.config(), providers: [...providers] };
    settings.save(config);
    announce.topics(['providers', 'models']);
  };

  const healthOf = (config: ProviderConfig, hasKey: boolean): ProviderHealth => {
    const known = deps.healthOf(config.id);
    const tested = lastTests.get(config.id);
    const last = known.state === 'untested' && tested?.of === askedOf(config) ? tested : undefined;
    const seen: ProviderHealth =
      last === undefined
        ? known
        : last.okAt === null
          ? { ...known, state: 'failing', detail: last.detail }
          : { ...known, state: 'ok', lastOkAt: last.okAt };
    if (!config.enabled) return { ...seen, state: 'disabled', detail: null, until: null };
    if (hasKey || !deps.needsKey(config)) {
      const lacking = deps.headersProblem(config);
      return lacking === null ? seen : { ...seen, state: 'failing', detail: lacking, until: null };
    }
    const env = config.apiKey !== undefined && 'env' in config.apiKey ? config.apiKey.env : null;
    const detail = env === null ? say('said.provider.enter_key') : say('said.provider.empty_env', { env });
    return { ...seen, state: 'no-key', detail, until: null };
  };

  const entryOf = (config: ProviderConfig): ProviderEntry => {
    const hasKey = deps.hasKey(config);
    const from =
      config.apiKey !== undefined && 'env' in config.apiKey ? 'env' : vault.keychain ? 'keychain' : 'session';
    return {
      config,
      hasKey,
      keyFrom: hasKey ? from : 'none',
      health: healthOf(config, hasKey),
      spentTodayUsd: deps.spentTodayUsd(config.id),
    };
  };

  return {
    list: (): CallOutput<'provider.list'> => ({
      providers: all().map(entryOf),
      network: deps.network(),
      keychain: vault.keychain,
    }),
    /** Adds it, or replaces the one with its id. */
    save(asked: ProviderConfig): ProviderEntry {
      const known = all().find(({ id }) => id === asked.id);
      const provider = trustedAsSaid(asked, known);
      store(known ? all().map((old) => (old.id === provider.id ? provider : old)) : [...all(), provider]);
      return entryOf(provider);
    },
    remove(providerId: string): void {
      const { apiKey } = find(providerId);
      store(all().filter(({ id }) => id !== providerId));
      lastTests.delete(providerId);
      // Another provider may keep its key in the same place.
      const shared = all().some((other) => JSON.stringify(other.apiKey) === JSON.stringify(apiKey));
      if (apiKey !== undefined && 'keychain' in apiKey && !shared) vault.forget(apiKey.keychain);
    },
    /** Keeps a key, or forgets it (null). A provider whose key came from elsewhere takes it from the keychain from now on. */
    setKey(providerId: string, key: string | null): ProviderEntry {
      const config = find(providerId);
      const name = config.apiKey !== undefined && 'keychain' in config.apiKey ? config.apiKey.keychain : providerId;
      if (key === null) vault.forget(name);
      else {
        const plain = key.trim();
        if (plain === '' || NO_KEY_SIGN.test(plain)) throw refuse(say('said.provider.key_form'));
        vault.set(name, plain);
      }
      const next: ProviderConfig = { ...config, apiKey: { keychain: name } };
      if (config.apiKey === undefined || !('keychain' in config.apiKey))
        store(all().map((old) => (old.id === providerId ? next : old)));
      lastTests.delete(providerId);
      deps.keyChanged(providerId);
      announce.topics(['providers', 'models']);
      return entryOf(next);
    },
    /** Asks it for its models, and one model for one word. */
    async test(providerId: string, modelId?: string): Promise<ProviderTest> {
      const config = find(providerId);
      const only = config.models.filter(({ id }) => `${providerId}/${id}` === modelId || id === modelId);
      if (modelId !== undefined && only.length === 0)
        throw refuse(say('app.provider.no_model', { name: providerId, model: modelId }), 'not_found');
      if (!deps.hasKey(config) && deps.needsKey(config)) {
        const detail = healthOf(config, false).detail ?? 'Enter a key first.';
        return { ok: false, detail, firstByteMs: null, models: [] };
      }
      const tested = await deps.test(
        modelId === undefined ? config : { ...config, models: only.map((model) => ({ ...model, enabled: true })) },
        AbortSignal.timeout(TEST_MS),
      );
      lastTests.set(providerId, { okAt: tested.ok ? deps.now() : null, detail: tested.detail, of: askedOf(config) });
      if (tested.ok) deps.keyChanged(providerId);
      announce.topics(['providers']);
      return tested;
    },
  };
}
export type Providers = ReturnType<typeof createProviders>;
