import { say } from '../contract/sentences/index.ts';
import type { KeyVault } from '../base/key-vault.ts';
import type { ModelEntry, ModelObserved } from '../contract/entities/model.ts';
import type { ProviderConfig } from '../contract/providers.ts';
import type { Egress } from './egress/egress.ts';
import { keyOf } from './keys/keys.ts';
import type { ModelRequest } from './model.ts';
import { cloudEntryOf } from './providers/cloud/entries.ts';
import type { KnownFacts } from './providers/cloud/entries.ts';
import { needsKey } from './providers/cloud/index.ts';
import { writeRequest } from './providers/cloud/write-request.ts';
import type { WrittenRequest } from './providers/cloud/write-request.ts';

/** What models of providers need. */
export interface CloudDeps {
  /** Read at each use, so that a saved setting counts from the next turn on. */
  readonly providers: () => readonly ProviderConfig[];
  readonly egress: Egress;
  readonly vault: KeyVault;
  /** Facts and prices of well-known models; null = nothing is known of this one. */
  readonly known: (provider: ProviderConfig, modelId: string) => KnownFacts | null;
  /** What was seen of a model's answers lately; null = nothing yet. */
  readonly observed: (modelId: string) => ModelObserved | null;
}

/** Models as the settings state them: those of providers, and what is said there of models of this machine. */
export function createStatedFacts(cloud: CloudDeps | undefined) {
  const findCloud = (modelId: string) => {
    const slash = modelId.indexOf('/');
    const found = cloud?.providers().find(({ id }) => id === modelId.slice(0, slash));
    const model = found?.models.find(({ id }) => id === modelId.slice(slash + 1));
    return found && model && found.kind !== 'local' ? { config: found, model } : null;
  };
  const cloudKey = (provider: ProviderConfig) => (cloud ? keyOf(provider, cloud.vault, process.env) : null);
  const cloudEntries = (): ModelEntry[] =>
    (cloud?.providers() ?? []).flatMap((provider) => {
      if (provider.kind === 'local') return [];
      const hasKey = cloudKey(provider) !== null;
      return provider.models.map((model) =>
        cloudEntryOf(provider, model, {
          hasKey,
          known: cloud?.known(provider, model.id) ?? null,
          observed: cloud?.observed(`${provider.id}/${model.id}`) ?? null,
        }),
      );
    });
  /** What the settings state of models of this machine. */
  const localFacts = (entry: ModelEntry): ModelEntry => {
    const stated = cloud?.providers().find(({ kind }) => kind === 'local');
    const model = stated?.models.find(({ id }) => `local/${id}` === entry.id);
    const observed = cloud?.observed(entry.id) ?? null;
    if (!model || !stated) return { ...entry, observed };
    const off = (!model.enabled || !stated.enabled) && !entry.embedded;
    return {
      ...entry,
      observed,
      name: model.name ?? entry.name,
      quality: model.quality ?? entry.quality,
      ...(off && entry.problem === null
        ? { state: 'disabled' as const, problem: say('said.provider.off', { name: entry.name }) }
        : {}),
    };
  };
  /** What would be sent for this request, with `key` in place of the key; null = it is answered on this machine. */
  const written = async (request: ModelRequest, key: string): Promise<WrittenRequest | null> => {
    const found = findCloud(request.modelId);
    if (!found) return null;
    return writeRequest(found.config, found.model.id, needsKey(found.config) ? key : null, request);
  };
  return { findCloud, cloudKey, cloudEntries, localFacts, written };
}
