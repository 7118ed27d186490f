import { say } from './contract/sentences/index.ts';
import { statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import type { SpawnHost } from '../native/llama/spawn.ts';
import type { Clock } from './base/clock.ts';
import type { createDisposeStack } from './base/dispose.ts';
import type { MintId } from './base/ids.ts';
import type { KeyVault } from './base/key-vault.ts';
import type { Log } from './base/log.ts';
import type { MachineState } from './base/machine-state.ts';
import type { Timers } from './base/timers.ts';
import type { Config } from './contract/config.ts';
import {
  createDownloads,
  createHub,
  createModels,
  findOtherModels,
  isLoopback,
  ownModelFolder,
  readCatalogue,
} from './model/index.ts';
import type { CatalogueEntry, createPriceTable, Downloads, Egress } from './model/index.ts';
import type { Announce } from './orchestration/announce.ts';
import { createLibrary } from './orchestration/library/library.ts';
import type { Library } from './orchestration/library/library.ts';
import type { Models } from './orchestration/models-door.ts';
import type { Policies } from './orchestration/policies/policies.ts';
import type { Settings } from './orchestration/settings/settings.ts';
import type { Store } from './storage/index.ts';

/** Free bytes on the disk of a folder, or of the nearest folder above it that is there; null = cannot be told. */
function freeDiskBytes(folder: string): number | null {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = statfsSync(at);
      return bavail * bsize;
    } catch {
      if (dirname(at) === at) return null;
    }
  }
}

/** The models of this machine and of providers, on the store and the settings of this core. */
export function buildModels(deps: {
  readonly store: Store;
  readonly dataDir: string;
  readonly resourcesDir: string;
  readonly spawnHost: SpawnHost;
  readonly config: () => Config;
  readonly egress: Egress;
  readonly vault: KeyVault;
  readonly prices: Pick<ReturnType<typeof createPriceTable>, 'known'>;
  readonly clock: Clock;
  readonly log: Log;
}): Models {
  const { store, dataDir, resourcesDir, spawnHost, config, egress, vault, prices, clock, log } = deps;
  return createModels({
    store: store.models,
    bench: store.bench,
    mayKeepState: (conversationId) => store.chat.get(conversationId)?.private === false,
    dataDir,
    resourcesDir,
    spawnHost,
    config: () => config().engine,
    clock,
    log,
    cloud: {
      providers: () => config().providers,
      egress,
      vault,
      known: (provider, modelId) => prices.known(provider, modelId),
      observed: (modelId) => store.observations.observedOf(modelId),
    },
  });
}

/** Models one could have, and the downloads that bring them. */
export function buildLibrary(deps: {
  readonly store: Store;
  readonly dataDir: string;
  readonly resourcesDir: string;
  readonly models: Models;
  readonly egress: Egress;
  readonly settings: Settings;
  readonly policies: Policies;
  readonly machine: MachineState;
  readonly freeMemory: () => number | null;
  readonly announce: Announce;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly mintId: MintId;
  readonly log: Log;
  readonly disposables: ReturnType<typeof createDisposeStack>;
}): { readonly library: Library; readonly downloads: Downloads } {
  const { store, dataDir, resourcesDir, models, egress, settings, policies, machine, announce, clock, log } = deps;
  const folder = ownModelFolder(dataDir);

  /** The policy lets nothing leave the machine, or there is no network. */
  const kept = (host: string): string | null => {
    if (isLoopback(`http://${host}`)) return null;
    const { policy, name } = policies.inForce();
    if (!policy.constraints.kinds.includes('cloud')) return say('model.download.policy', { policy: name });
    return machine.online() === false ? say('model.download.offline') : null;
  };

  const downloads = deps.disposables.add(
    createDownloads({
      ...deps,
      records: store.downloads,
      random: Math.random,
      folder,
      freeBytes: freeDiskBytes,
      kept,
      onChange: () => {
        announce.topics(['downloads']);
      },
      onInstalled: (_path, { title }) => {
        models.refresh().catch((error: unknown) => {
          log.write('warn', 'library.refresh', { reason: String(error) });
        });
        announce.topics(['models', 'downloads']);
        announce.notice('info', say('model.here', { title }));
      },
    }),
  );
  deps.disposables.add({
    dispose: settings.onChange(() => {
      downloads.recheck();
    }),
  });
  let catalogue: readonly CatalogueEntry[] | null = null;
  const library = createLibrary({
    models,
    downloads,
    hub: createHub({ egress, places: () => settings.config().hub, kept }),
    catalogue: () => (catalogue ??= readCatalogue(resourcesDir)),
    findOthers: () => findOtherModels({ home: homedir(), env: process.env, platform: process.platform }),
    freeMemory: deps.freeMemory,
    freeDisk: () => freeDiskBytes(folder),
    folder,
    announce,
    clock,
    log,
  });
  return { library, downloads };
}
