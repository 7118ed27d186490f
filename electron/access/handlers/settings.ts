import type { HandlersOf, Services } from '../services.ts';

type Names =
  'settings.get' | 'settings.save' | 'data.backup' | 'data.export' | 'data.import' | 'data.openFolder' | 'data.check';

/** Settings and the data as a whole. */
export const settingsHandlers = ({ settings, data }: Services): HandlersOf<Names> => ({
  'settings.get': () => settings.state(),
  'settings.save': ({ config }) => settings.save(config),
  'data.backup': ({ path }) => data.backup(path),
  'data.export': ({ path, conversationId }) => data.export(path, conversationId),
  'data.import': ({ path }) => data.import(path),
  'data.openFolder': async () => {
    await data.openFolder();
    return {};
  },
  'data.check': () => data.check(true),
});
