import type { ProviderConfig } from '../../../electron/contract/providers.ts';

/** Settings of the provider `far`: a stand-in at this address that speaks as OpenAI does, with a key from the environment. */
export const farProvider = (baseUrl: string, models: ProviderConfig['models']): ProviderConfig => ({
  id: 'far',
  kind: 'openai-compatible',
  baseUrl,
  apiKey: { env: 'PATH' },
  enabled: true,
  trustedForPrivate: false,
  concurrency: 0,
  usdPerDay: null,
  models,
});
