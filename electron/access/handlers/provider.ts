import type { HandlersOf, Services } from '../services.ts';

type Names = 'provider.list' | 'provider.save' | 'provider.remove' | 'provider.setKey' | 'provider.test';

/** Cloud providers and servers of the team. */
export const providerHandlers = ({ providers }: Services): HandlersOf<Names> => ({
  'provider.list': () => providers.list(),
  'provider.save': ({ provider }) => providers.save(provider),
  'provider.remove': ({ providerId }) => {
    providers.remove(providerId);
    return {};
  },
  'provider.setKey': ({ providerId, key }) => providers.setKey(providerId, key),
  'provider.test': ({ providerId, modelId }) => providers.test(providerId, modelId),
});
