import type { HandlersOf, Services } from '../services.ts';

/** About the app itself. */
export const appHandlers = ({ info, onReady }: Services): HandlersOf<'app.info' | 'app.ready'> => ({
  'app.info': () => info(),
  'app.ready': () => {
    onReady();
    return {};
  },
});
