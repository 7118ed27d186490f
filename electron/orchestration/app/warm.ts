import type { Log } from '../../base/log.ts';
import type { Timers } from '../../base/timers.ts';
import { STARTER_MODEL_ID } from '../../contract/names.ts';
import type { Models } from '../models-door.ts';

/** A lost engine is started again after so long, in ms, and no more often than this in one run of the app. */
const RESTART_AFTER_MS = 200;
const MOST_RESTARTS = 20;

/**
 * Starts the engine with the model that ships with the app, once: it is small and the fallback of every ladder. When the
 * engine dies with that model in it, it is started again in the background, so that the next message need not wait for it.
 */
export function createWarm({ models, timers, log }: { models: Models; timers: Timers; log: Log }) {
  let begun = false;
  let lastLoaded: string | null = null;
  let crashes = 0;
  let cancel = (): void => undefined;
  const load = (): void => {
    if (!models.list().some(({ id, state }) => id === STARTER_MODEL_ID && state === 'ready')) return;
    models.load(STARTER_MODEL_ID).catch((error: unknown) => {
      log.write('warn', 'core.warm_failed', { error: String(error) });
    });
  };
  return {
    now(): void {
      if (begun) return;
      begun = true;
      if (models.engine().loadedModelId === null) load();
    },
    onEngine(): void {
      const engine = models.engine();
      const died = engine.state === 'crashed' && engine.crashes > crashes;
      if (died && begun && lastLoaded === STARTER_MODEL_ID && crashes < MOST_RESTARTS)
        cancel = timers.after(RESTART_AFTER_MS, load);
      crashes = engine.crashes;
      lastLoaded = engine.loadedModelId;
    },
    dispose(): void {
      cancel();
    },
  };
}
