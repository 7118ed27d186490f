import { refuse } from '../../contract/faults.ts';
import type { HandlersOf, Services } from '../services.ts';

type Names = 'model.list' | 'model.import' | 'model.remove' | 'model.load' | 'model.unload' | 'model.calibrate';

/** Models on this machine. */
export const modelHandlers = ({ models, dialogs }: Services): HandlersOf<Names> => ({
  'model.list': () => ({ models: models.list(), engine: models.engine() }),
  'model.import': async ({ path }) => {
    if (path === undefined && !dialogs) throw refuse('Name a GGUF file.');
    const chosen = path ?? (await dialogs?.openFile({ title: 'Import a model', extensions: ['gguf'] })) ?? null;
    return chosen === null ? null : models.import(chosen);
  },
  'model.remove': ({ modelId }) => models.remove(modelId),
  'model.load': async ({ modelId }) => {
    await models.load(modelId);
    return {};
  },
  'model.unload': async ({ modelId }) => {
    await models.unload(modelId);
    return {};
  },
  'model.calibrate': ({ modelId }) => models.calibrate(modelId),
});
