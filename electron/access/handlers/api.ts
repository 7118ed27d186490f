import type { HandlersOf, Services } from '../services.ts';

/** The local API: whether it runs, and its tokens. */
export const apiHandlers = ({ api }: Services): HandlersOf<'api.status' | 'api.createToken' | 'api.revokeToken'> => ({
  'api.status': () => ({ state: api.state(), tokens: api.tokens.list() }),
  'api.createToken': (grant) => ({ token: api.tokens.create(grant) }),
  'api.revokeToken': ({ name }) => {
    api.tokens.revoke(name);
    return {};
  },
});
