import type { ImportedModel } from '../../electron/storage/store.ts';
import { resolve } from 'node:path';
import { systemClock } from '../../electron/base/clock.ts';
import { silentLog } from '../../electron/base/log.ts';
import type { Measurement } from '../../electron/contract/entities/model.ts';
import { createModels } from '../../electron/model/index.ts';
import type { Models } from '../../electron/model/index.ts';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import type { HostProcess, SpawnHost } from '../../native/llama/spawn.ts';

/** The model room's part of the store, in memory. */
export function memoryModelStore(imported: ImportedModel[] = []) {
  const measured = new Map<string, Measurement>();
  return {
    measured,
    imported: () => imported,
    measurement: (key: string) => measured.get(key) ?? null,
    addImported: (model: ImportedModel) => void imported.push(model),
    removeImported: (id: string) => void imported.splice(0, imported.length, ...imported.filter((m) => m.id !== id)),
    saveMeasurement: (key: string, measurement: Measurement) => void measured.set(key, measurement),
  };
}

/** The model room over real engine processes, which are listed as they start. */
export function realModels(
  dataDir: string,
  options: {
    readonly store?: ReturnType<typeof memoryModelStore>;
    readonly backend?: 'auto' | 'vulkan';
    readonly spawn?: SpawnHost;
  } = {},
): { models: Models; processes: HostProcess[] } {
  const processes: HostProcess[] = [];
  const spawnHost = options.spawn ?? createNodeSpawn();
  const models = createModels({
    store: options.store ?? memoryModelStore(),
    dataDir,
    resourcesDir: resolve('resources'),
    spawnHost: () => {
      const host = spawnHost();
      processes.push(host);
      return host;
    },
    config: () => ({
      backend: options.backend ?? 'auto',
      modelFolder: null,
      idleUnloadSeconds: 0,
      keptStatesMb: 0,
    }),
    clock: systemClock,
    log: silentLog,
  });
  return { models, processes };
}

export const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};
