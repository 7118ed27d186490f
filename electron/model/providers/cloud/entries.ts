import { say } from '../../../contract/sentences/index.ts';
import type { ModelCapabilities, ModelEntry, ModelObserved } from '../../../contract/entities/model.ts';
import type { Price, ProviderConfig, ProviderModel } from '../../../contract/providers.ts';
import { providerTitle } from '../../classify/provider-name.ts';
import { needsKey } from './index.ts';

/** Facts of a model that come from elsewhere than the settings. */
export interface KnownFacts {
  readonly name?: string;
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
  readonly capabilities?: Partial<ModelCapabilities>;
  readonly quality?: number;
  readonly price?: Price;
}

/** Context of a model nobody says anything of, in tokens: what hosted models have had at least for years. */
const CAREFUL_CONTEXT_TOKENS = 32_768;

/** What a provider's kind gives for every current model of it; a server of the team's own is taken at its word. */
const USUAL: Readonly<Record<ProviderConfig['kind'], Partial<ModelCapabilities>>> = {
  openai: { tools: true, jsonSchema: true, vision: true, logprobs: true },
  anthropic: { tools: true, jsonSchema: true, vision: true },
  google: { tools: true, jsonSchema: true, vision: true },
  'openai-compatible': { tools: true, jsonSchema: true, vision: true },
  local: {},
};
const NONE: ModelCapabilities = {
  tools: false,
  jsonSchema: false,
  vision: false,
  reasoning: false,
  logprobs: false,
  embeddings: false,
};

type Stated = { readonly [K in keyof ModelCapabilities]?: boolean | undefined };

/** What is stated last counts; what is left out counts nowhere. */
function merged(...all: readonly Stated[]): ModelCapabilities {
  const result = { ...NONE };
  for (const stated of all)
    for (const [name, value] of Object.entries(stated))
      if (value !== undefined && name in result) Object.assign(result, { [name]: value });
  return result;
}

/** The price in force: the settings' own, what they leave out from the table; null = none is known. */
export function priceOf(model: ProviderModel, known: Price | undefined): Price | null {
  const own = model.usdPerMTokIn !== undefined || model.usdPerMTokOut !== undefined;
  if (!own && !known) return null;
  const usdPerMTokIn = model.usdPerMTokIn ?? known?.usdPerMTokIn ?? 0;
  return {
    usdPerMTokIn,
    // Who states a price of their own means it for all prompt tokens, unless they say otherwise.
    usdPerMTokCachedIn: model.usdPerMTokCachedIn ?? (own ? usdPerMTokIn : (known?.usdPerMTokCachedIn ?? usdPerMTokIn)),
    usdPerMTokCacheWrite:
      model.usdPerMTokCacheWrite ?? (own ? usdPerMTokIn : (known?.usdPerMTokCacheWrite ?? usdPerMTokIn)),
    usdPerMTokOut: model.usdPerMTokOut ?? known?.usdPerMTokOut ?? 0,
    // A price of one's own is one price.
    ...(own || !known?.tiers ? {} : { tiers: known.tiers }),
    source: own ? 'config' : (known?.source ?? 'config'),
    asOf: own ? null : (known?.asOf ?? null),
  };
}

/** A provider's model as the contract shows it. */
export function cloudEntryOf(
  config: ProviderConfig,
  model: ProviderModel,
  facts: { readonly hasKey: boolean; readonly known: KnownFacts | null; readonly observed: ModelObserved | null },
): ModelEntry {
  const { known, observed, hasKey } = facts;
  const off = !config.enabled || !model.enabled;
  const missing = !hasKey && needsKey(config);
  const provider = providerTitle(config);
  return {
    id: `${config.id}/${model.id}`,
    name: model.name ?? known?.name ?? model.id,
    provider: config.id,
    providerName: provider,
    kind: 'cloud',
    trustedForPrivate: config.trustedForPrivate,
    capabilities: merged(USUAL[config.kind], known?.capabilities ?? {}, model.capabilities ?? {}),
    quality: model.quality ?? known?.quality ?? null,
    price: priceOf(model, known?.price),
    observed,
    maxOutputTokens: model.maxOutputTokens ?? known?.maxOutputTokens ?? null,
    embedded: false,
    state: off ? 'disabled' : missing ? 'no-key' : 'ready',
    problem: off
      ? say('said.provider.off', { name: config.enabled ? (model.name ?? model.id) : provider })
      : missing
        ? say('said.provider.no_key', { name: provider })
        : null,
    path: null,
    sizeBytes: null,
    architecture: null,
    quantization: null,
    parameters: null,
    contextTokens: model.contextTokens ?? known?.contextTokens ?? CAREFUL_CONTEXT_TOKENS,
    licence: null,
    description: null,
    measurement: null,
    addedAt: 0,
  };
}
