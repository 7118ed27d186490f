import type { HandlersOf, Services } from '../services.ts';

type Names =
  'prompt.list' | 'prompt.versions' | 'prompt.create' | 'prompt.addVersion' | 'prompt.rename' | 'prompt.label';

/** System prompts and their versions. */
export const promptHandlers = ({ prompts }: Services): HandlersOf<Names> => ({
  'prompt.list': () => ({ prompts: prompts.list() }),
  'prompt.versions': ({ promptId }) => ({ versions: prompts.versions(promptId) }),
  'prompt.create': (input) => prompts.create(input),
  'prompt.addVersion': (input) => prompts.addVersion(input),
  'prompt.rename': ({ promptId, name }) => prompts.rename(promptId, name),
  'prompt.label': ({ promptId, label, versionId }) => prompts.label(promptId, label, versionId),
});
