import { say } from '../../../contract/sentences/index.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Fault } from '../../../contract/faults.ts';
import type { ProviderConfig, ProviderModel } from '../../../contract/providers.ts';
import type { Classify } from '../../classify/types.ts';
import { providerTitle } from '../../classify/provider-name.ts';
import type { Egress } from '../../egress/egress.ts';
import type { ModelEvent, ModelProvider } from '../../model.ts';
import { createThoughtMemory } from './call-thoughts.ts';
import { embedTexts } from './embed.ts';
import { streamAnswer } from './stream-answer.ts';
import { NO_USAGE } from './usage.ts';

export interface CloudProviderDeps {
  readonly egress: Egress;
  /** The provider's key; null = it has none here. Read at each request and kept nowhere. */
  readonly keyOf: (config: ProviderConfig) => string | null;
  /** Provider and model behind `provider/model`; null = neither is set up any more. */
  readonly find: (modelId: string) => { readonly config: ProviderConfig; readonly model: ProviderModel } | null;
  readonly classify: Classify;
  readonly clock: Clock;
}

/** The kinds whose own address always asks for a key. */
export const needsKey = (config: ProviderConfig): boolean =>
  config.apiKey !== undefined || (config.baseUrl === undefined && config.kind !== 'local');

/** Providers of every kind as the router sees them: one stream a request, no retries, every failure a fault. */
export function createCloudProvider(deps: CloudProviderDeps): ModelProvider {
  const streaming = { ...deps, thoughts: createThoughtMemory() };
  return {
    // Handed on as it is: a generator around it would wait three times more for each event.
    generate(request, signal) {
      const found = deps.find(request.modelId);
      if (!found) return refusal(notSetUp(request.modelId));
      const { config, model } = found;
      const key = deps.keyOf(config);
      if (key === null && needsKey(config)) return refusal(noKey(config));
      return streamAnswer(streaming, { request, config, model, key }, signal);
    },
    countTokens: () => Promise.resolve(null),
    embed(request, signal) {
      const found = deps.find(request.modelId);
      return embedTexts(deps, request, found, signal);
    },
  };
}

/** A stream that says nothing but this. */
function refusal(fault: Fault): AsyncIterable<ModelEvent> {
  const only: readonly ModelEvent[] = [{ kind: 'fault', fault, usage: NO_USAGE }];
  const events = only[Symbol.iterator]();
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(events.next()) }) };
}

const notSetUp = (modelId: string): Fault => ({
  code: 'not_found',
  origin: 'user',
  recoverable: false,
  provider: modelId,
  detail: say('said.provider.gone', { model: modelId }),
});

export const noKey = (config: ProviderConfig): Fault => ({
  code: 'auth',
  origin: 'user',
  recoverable: false,
  provider: config.id,
  detail: say('said.provider.no_key', { name: providerTitle(config) }),
});
