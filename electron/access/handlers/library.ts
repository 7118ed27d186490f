import type { HandlersOf, Services } from '../services.ts';

type Names =
  | 'model.available'
  | 'model.found'
  | 'model.adopt'
  | 'download.list'
  | 'download.start'
  | 'download.pause'
  | 'download.resume'
  | 'download.cancel'
  | 'hub.search'
  | 'hub.files';

/** Models one could have, and those on their way. */
export const libraryHandlers = ({ library }: Services): HandlersOf<Names> => ({
  'model.available': () => library.available(),
  'model.found': async () => ({ models: await library.found() }),
  'model.adopt': ({ path }) => library.adopt(path),
  'download.list': () => ({ downloads: library.downloads() }),
  'download.start': (wish) => library.start(wish),
  'download.pause': ({ downloadId }) => library.pause(downloadId),
  'download.resume': ({ downloadId }) => library.resume(downloadId),
  'download.cancel': ({ downloadId }) => library.cancel(downloadId),
  'hub.search': async ({ text }) => ({ models: await library.search(text) }),
  'hub.files': async ({ repo }) => ({ files: await library.hubFiles(repo) }),
});
