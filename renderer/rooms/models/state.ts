import { create } from 'zustand';
import type { Measurement, ModelEntry } from '../../../electron/contract/entities/model.ts';
import { call, faultOf } from '../../link/index.ts';

export type WorkKind = 'load' | 'unload' | 'measure' | 'remove';
export interface Work {
  readonly kind: WorkKind;
  /** Epoch ms. */
  readonly startedAt: number;
}

interface ModelsRoom {
  readonly search: string;
  readonly selectedId: string | null;
  readonly tab: 'local' | 'get' | 'bench' | 'providers';
  readonly providerId: string | null;
  /** The dialog that adds a provider is open. */
  readonly addingProvider: boolean;
  /** What is going on, by model id: goes on while the person is in another room. */
  readonly work: Readonly<Record<string, Work>>;
  /** What the last thing asked of a model came to, when it did not work. */
  readonly problems: Readonly<Record<string, string>>;
  /** Measurement before the last one, to say what changed. */
  readonly before: Readonly<Record<string, Measurement | null>>;
  readonly set: (facts: {
    readonly search?: string;
    readonly selectedId?: string | null;
    readonly tab?: 'local' | 'get' | 'bench' | 'providers';
    readonly providerId?: string | null;
    readonly addingProvider?: boolean;
  }) => void;
}

export const useModelsRoom = create<ModelsRoom>((set) => ({
  search: '',
  selectedId: null,
  tab: 'local',
  providerId: null,
  addingProvider: false,
  work: {},
  problems: {},
  before: {},
  set: (facts) => {
    set(facts);
  },
}));

const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));

/** Does one thing with a model and remembers how it went. False when it did not work. */
const work = async (modelId: string, kind: WorkKind, run: () => Promise<unknown>): Promise<boolean> => {
  const { getState, setState } = useModelsRoom;
  if (getState().work[modelId] !== undefined) return false;
  setState(({ work: now, problems }) => ({
    work: { ...now, [modelId]: { kind, startedAt: Date.now() } },
    problems: without(problems, modelId),
  }));
  try {
    await run();
    return true;
  } catch (error) {
    const { detail } = faultOf(error);
    setState(({ problems }) => ({ problems: { ...problems, [modelId]: detail } }));
    return false;
  } finally {
    setState(({ work: now }) => ({ work: without(now, modelId) }));
  }
};

export const loadModel = (modelId: string): Promise<boolean> =>
  work(modelId, 'load', () => call('model.load', { modelId }));

export const unloadModel = (modelId: string): Promise<boolean> =>
  work(modelId, 'unload', () => call('model.unload', { modelId }));

/** Gives the bytes freed, 0 when its file was not touched; null when it did not work. */
export const removeModel = async (modelId: string): Promise<number | null> => {
  let freed = 0;
  const done = await work(modelId, 'remove', async () => {
    freed = (await call('model.remove', { modelId })).freedBytes;
  });
  return done ? freed : null;
};

/** Measures again; the entry with the new numbers, or null when it did not work. */
export const measureModel = async (model: ModelEntry): Promise<ModelEntry | null> => {
  let measured: ModelEntry | null = null;
  const done = await work(model.id, 'measure', async () => {
    measured = await call('model.calibrate', { modelId: model.id });
  });
  if (!done) return null;
  useModelsRoom.setState(({ before }) => ({ before: { ...before, [model.id]: model.measurement } }));
  return measured;
};
