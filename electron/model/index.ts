import { join } from 'node:path';
import { say } from '../contract/sentences/index.ts';
import { createLlamaClient } from '../../native/llama/client.ts';
import type { ModelSpec, SpawnHost } from '../../native/llama/client.ts';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Config } from '../contract/config.ts';
import type { EngineStatus, ModelEntry } from '../contract/entities/model.ts';
import type { ProviderConfig, ProviderTest } from '../contract/providers.ts';
import { FaultError, refuse } from '../contract/faults.ts';
import { systemTimers } from '../base/timers.ts';
import type { BenchRecords, ModelReader, ModelWriter } from '../storage/store.ts';
import { createBench } from './bench/bench.ts';
import { NO_REPORTS } from './bench/no-reports.ts';
import { createCatalog } from './catalog.ts';
import type { CatalogItem } from './catalog.ts';
import { checkFiles } from './check-files.ts';
import type { FileCheck } from './check-files.ts';
import { modelEntryOf } from './entry.ts';
import { createListedFiles, deletesFile } from './listed-files.ts';
import type { Removed } from './listed-files.ts';
import type { FileProblem } from './gguf/file.ts';
import { machineFingerprint, measurementKey, rememberedMeasurement } from './measurement-key.ts';
import { classify } from './classify/classify.ts';
import { headersProblem } from './keys/keys.ts';
import type { ModelProvider } from './model.ts';
import { createCloudProvider, needsKey } from './providers/cloud/index.ts';
import { loadLibraries } from './libraries.ts';
import { testProvider } from './providers/cloud/list-models.ts';
import { createLocalProvider, fileFault } from './providers/local.ts';
import { createKeptStateFiles } from './kept-state-files.ts';
import { createStatedFacts } from './stated-facts.ts';
import type { CloudDeps } from './stated-facts.ts';

export type { Bench } from './bench/bench.ts';
export { benchCsv } from './bench/csv.ts';
export type { FileCheck } from './check-files.ts';
export type { ModelEvent, ModelMessage } from './model.ts';
export { isLoopback, isNear } from './egress/address.ts';
export { createEgress } from './egress/egress.ts';
export type { Egress } from './egress/egress.ts';
export { createWayOut } from './egress/way-out.ts';
export { createSessionVault } from './keys/keys.ts';
export { createDownloads } from './download/downloads.ts';
export type { Downloads, DownloadsDeps, DownloadWish } from './download/downloads.ts';
export { TIMINGS } from './download/transfer.ts';
export { splitPartsOf } from './gguf/file.ts';
export { readCatalogue } from './shelf/catalogue.ts';
export type { CatalogueEntry } from './shelf/catalogue.ts';
export { basisOf, fitOf, ranked } from './shelf/fit.ts';
export type { Measured } from './shelf/fit.ts';
export { createHub } from './shelf/hub.ts';
export type { Hub, HubListing } from './shelf/hub.ts';
export { findOtherModels } from './shelf/other-programs.ts';
export type { FoundFile } from './shelf/other-programs.ts';
export { providerTitle } from './classify/provider-name.ts';
export { createPriceTable } from './pricing/price-table.ts';
export { costUsd } from './pricing/pricing.ts';

export interface ModelsDeps {
  readonly store: ModelReader & ModelWriter;
  /** Reports of measured models; absent = nothing is measured by hand here. */
  readonly bench?: BenchRecords;
  /** Whether the state of this conversation may lie on disk: it is there and not private. Absent = no state is kept. */
  readonly mayKeepState?: (conversationId: string) => boolean;
  readonly dataDir: string;
  /** Holds `starter-model/`. */
  readonly resourcesDir: string;
  readonly spawnHost: SpawnHost;
  /** Read at each use, so that a saved setting counts from the next turn on. */
  readonly config: () => Config['engine'];
  readonly clock: Clock;
  readonly log: Log;
  /** Absent = models of this machine only. */
  readonly cloud?: CloudDeps;
}

/** Looks in the model folders again after so long, when somebody asks for the list. */
const LOOK_AGAIN_MS = 3000;
const CALIBRATE_BUDGET_MS = 5000;
/** Providers' libraries are loaded after so long, in ms, where providers are set up: the first request need not wait then. */
const LOAD_LIBRARIES_AFTER_MS = 400;
/** Every request asks for the list twice; what is seen of models' answers may be this old in it, in ms. */
const KEEP_LIST_MS = 100;

/** Where downloads are installed, and what else a person puts there is listed. */
export const ownModelFolder = (dataDir: string): string => join(dataDir, 'models');

/** Every local model and the engine that runs them. The engine process starts with the first request. */
export function createModels(deps: ModelsDeps) {
  const { store, dataDir, resourcesDir, spawnHost, config, clock, log, cloud } = deps;
  const machine = machineFingerprint();
  const stateFiles = createKeptStateFiles(join(dataDir, 'states'));
  const listeners = new Set<() => void>();
  const benchListeners = new Set<(what: 'run' | 'reports') => void>();
  let listed: { readonly entries: ModelEntry[]; readonly at: number; readonly from: readonly unknown[] } | null = null;
  const changed = (): void => {
    listed = null;
    for (const listener of listeners) listener();
  };
  const ownFolder = ownModelFolder(dataDir);
  const catalog = createCatalog({
    store,
    resourcesDir,
    clock,
    onChange: changed,
    folders: () => {
      const { modelFolder } = config();
      return [ownFolder, ...(modelFolder === null ? [] : [modelFolder])];
    },
  });
  let backendInUse = config().backend;
  let loadingId: string | null = null;
  let active = 0;
  let idleTimer: ReturnType<typeof setTimeout> | null = null;
  let disposed = false;

  const client = createLlamaClient({
    spawn: spawnHost,
    clock,
    log,
    backend: () => (backendInUse = config().backend),
    states: () => (deps.mayKeepState ? stateFiles.place(config().keptStatesMb) : null),
    onMeasured: (modelId, measurement) => {
      const size = catalog.find(modelId)?.file?.sizeBytes;
      if (size === undefined) return;
      try {
        store.saveMeasurement(measurementKey(machine, measurement.backend, modelId, size), measurement);
      } catch (error) {
        log.write('warn', 'model.measurement-not-saved', {
          reason: error instanceof Error ? error.message : String(error),
        });
      }
      changed();
    },
  });
  client.onChange(() => {
    if (client.status().loadedModelId !== null || client.status().state === 'crashed') loadingId = null;
    changed();
  });

  const measurementOf = (item: CatalogItem) =>
    item.file
      ? rememberedMeasurement(store, machine, config().backend, item.id, item.file.sizeBytes, client.status().backend)
      : null;

  const entryOf = (item: CatalogItem): ModelEntry => {
    const running = client.status().loadedModelId === item.id ? 'loaded' : loadingId === item.id ? 'loading' : 'ready';
    return modelEntryOf(item, running, measurementOf(item), deletesFile(item, ownFolder));
  };

  async function prepare(modelId: string): Promise<{ spec: ModelSpec } | { problem: FileProblem }> {
    if (backendInUse !== config().backend && !client.busy()) client.restart();
    if (client.status().loadedModelId !== modelId || !catalog.find(modelId)?.file) await catalog.refresh();
    const item = catalog.find(modelId);
    if (!item)
      return {
        problem: { state: 'missing', problem: say('model.unknown', { model: modelId }) },
      };
    if (item.problem || !item.file) {
      return {
        problem: item.problem ?? {
          state: 'corrupt',
          problem: say('model.unread', { path: item.path }),
        },
      };
    }
    const { sizeBytes, header } = item.file;
    // Of a split model only the first part was read: the rest is weights.
    const shape = { ...header.shape, weightsBytes: header.splitCount > 1 ? sizeBytes : header.shape.weightsBytes };
    return { spec: { modelId, path: item.path, sizeBytes, measurement: measurementOf(item), shape } };
  }

  const embeds = (modelId: string): boolean => catalog.find(modelId)?.file?.header.makes === 'vectors';
  async function usable(modelId: string): Promise<ModelSpec> {
    const prepared = await prepare(modelId);
    if ('problem' in prepared) throw new FaultError(fileFault(modelId, prepared.problem));
    if (embeds(modelId)) throw refuse(say('model.only_vectors', { model: mustFind(modelId).name }));
    return prepared.spec;
  }

  const bench = createBench({
    spawn: spawnHost,
    records: deps.bench ?? NO_REPORTS,
    fingerprint: machine,
    machine: {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      platform: `${process.platform} ${process.arch}`,
    },
    clock,
    timers: systemTimers,
    log,
    wanted: () => config().backend,
    prepare: async (modelId) => ({ spec: await usable(modelId), name: mustFind(modelId).name }),
    replying: () => active > 0 || client.busy(),
    async makeRoom() {
      if (client.status().loadedModelId !== null && !client.busy()) await client.unload();
    },
    onMeasured(modelId, measured, undisturbed) {
      const size = catalog.find(modelId)?.file?.sizeBytes;
      if (size === undefined) return;
      const key = measurementKey(machine, measured.backend, modelId, size);
      // Better old numbers of a quiet machine than new ones of a busy one.
      if (undisturbed || store.measurement(key) === null) store.saveMeasurement(key, measured);
    },
    onChange(what) {
      if (what === 'reports') changed();
      for (const listener of benchListeners) listener(what);
    },
  });

  const stopIdleTimer = (): void => {
    if (idleTimer) clearTimeout(idleTimer);
    idleTimer = null;
  };
  function began(modelId: string): void {
    active++;
    stopIdleTimer();
    bench.replyBegins();
    if (client.status().loadedModelId !== modelId) {
      loadingId = modelId;
      changed();
    }
  }
  function ended(modelId: string): void {
    active--;
    if (active === 0) bench.repliesEnded();
    if (loadingId === modelId && !client.busy()) {
      loadingId = null;
      changed();
    }
    const seconds = config().idleUnloadSeconds;
    if (active > 0 || seconds === 0 || disposed) return;
    stopIdleTimer();
    idleTimer = setTimeout(() => {
      client.unload().catch((error: unknown) => log.write('warn', 'model.idle-unload', { reason: String(error) }));
    }, seconds * 1000);
    idleTimer.unref();
  }
  async function during<T>(modelId: string, work: (spec: ModelSpec) => Promise<T>): Promise<T> {
    const spec = await usable(modelId);
    began(modelId);
    try {
      return await work(spec);
    } finally {
      ended(modelId);
    }
  }

  function mustFind(modelId: string): CatalogItem {
    const item = catalog.find(modelId);
    if (!item) throw refuse(say('model.unknown', { model: modelId }), 'not_found');
    return item;
  }

  const { findCloud, cloudKey, cloudEntries, localFacts, written } = createStatedFacts(cloud);

  const files = createListedFiles({
    catalog,
    store,
    clock,
    ownFolder,
    unload: async (modelId) => {
      if (client.status().loadedModelId === modelId) await client.unload();
    },
  });

  const local = createLocalProvider({
    client,
    prepare,
    embeds,
    onStart: began,
    onEnd: ended,
    onAnswered() {
      const { backend, warning } = client.status();
      // A moment later: nothing may stand between the last word and its reader.
      if (backend !== null && warning === null) setTimeout(() => disposed || bench.noteGood(backend), 500).unref();
    },
    async onRefused(modelId, detail) {
      const path = catalog.find(modelId)?.path;
      if (path !== undefined) await catalog.refuse(path, { state: 'unsupported', problem: detail });
    },
  });

  const remote = cloud
    ? createCloudProvider({ egress: cloud.egress, keyOf: cloudKey, find: findCloud, classify, clock })
    : null;
  /** Every model behind one door, told apart by the provider in front of its name. */
  const provider: ModelProvider = {
    generate: (request, signal) =>
      remote && !request.modelId.startsWith('local/')
        ? remote.generate(request, signal)
        : local.generate(request, signal),
    countTokens: (request) =>
      request.modelId.startsWith('local/') ? local.countTokens(request) : Promise.resolve(null),
    async embed(request, signal) {
      const by = request.modelId.startsWith('local/') ? local : remote;
      if (!by?.embed) throw refuse(say('model.no_embedder'), 'no_candidate');
      return by.embed(request, signal);
    },
  };

  // Not at once: the start comes first.
  const warm = setTimeout(() => {
    stateFiles.sweep((id) => config().keptStatesMb > 0 && deps.mayKeepState?.(id) === true);
    if (cloud?.providers().some(({ enabled, kind }) => enabled && kind !== 'local')) void loadLibraries();
  }, LOAD_LIBRARIES_AFTER_MS);
  warm.unref();
  const firstScan = catalog
    .refresh()
    .catch((error: unknown) => log.write('warn', 'model.scan', { reason: String(error) }));

  return {
    /** Resolves when the model folders were looked through once. Nothing needs to wait for it. */
    ready: firstScan,
    /** What is known now; a fresh look follows by itself and is told through `onChange`. */
    list(): ModelEntry[] {
      catalog.refreshIfOlder(LOOK_AGAIN_MS);
      const at = clock.monotonicMs();
      const from = [catalog.items(), cloud?.providers(), client.status().loadedModelId];
      if (listed && at - listed.at < KEEP_LIST_MS && from.every((part, index) => part === listed?.from[index]))
        return listed.entries;
      const entries = [...catalog.items().map((item) => localFacts(entryOf(item))), ...cloudEntries()];
      listed = { entries, at, from };
      return entries;
    },
    engine: (): EngineStatus => client.status(),
    /** Calls back when the list or the engine's status changed. */
    onChange(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Adds a file where it lies. Refuses what cannot be run, saying why. */
    import: async (path: string, more?: Parameters<typeof files.add>[1]): Promise<ModelEntry> =>
      entryOf(await files.add(path, more)),
    /** Takes a model off the list; only a file of the app's own folder is deleted. */
    remove: async (modelId: string): Promise<Removed> => files.remove(mustFind(modelId)),
    problemOf: files.problemOf,
    /** Looks through the model folders now. */
    refresh: (): Promise<void> => catalog.refreshAnew(),
    load: (modelId: string): Promise<void> => during(modelId, (spec) => client.load(spec)),
    async unload(modelId: string): Promise<void> {
      mustFind(modelId);
      if (client.status().loadedModelId === modelId) await client.unload();
    },
    async calibrate(modelId: string): Promise<ModelEntry> {
      await during(modelId, (spec) => client.calibrate(spec, CALIBRATE_BUDGET_MS));
      return entryOf(mustFind(modelId));
    },
    /** Every listed file looked at anew; the embedded one by its checksum. */
    async checkFiles(): Promise<FileCheck[]> {
      await catalog.refreshAnew();
      return checkFiles(catalog.items());
    },
    /** Measures models while nobody is answered. */
    bench,
    /** Calls back when a measurement went on, and when its reports changed. */
    onBench(listener: (what: 'run' | 'reports') => void): () => void {
      benchListeners.add(listener);
      return () => benchListeners.delete(listener);
    },
    /** A conversation was deleted or became private: nothing of it stays on disk. */
    forgetState(conversationId: string): void {
      client.forget(conversationId);
      stateFiles.forget(conversationId);
    },
    provider,
    /** Providers: whether their key is here, whether they want one, and whether they answer. */
    providers: {
      hasKey: (provider: ProviderConfig): boolean => cloudKey(provider) !== null,
      needsKey,
      headersProblem,
      /** What would be sent for this request, with `key` in place of the key; null = it is answered on this machine. */
      written,
      /** A key was entered or forgotten. */
      keyChanged: changed,
      async test(provider: ProviderConfig, signal: AbortSignal): Promise<ProviderTest> {
        if (!cloud) throw refuse('Providers are not used here.', 'no_candidate');
        return testProvider({ egress: cloud.egress, classify, clock }, provider, cloudKey(provider), signal);
      },
    },
    async dispose(): Promise<void> {
      disposed = true;
      clearTimeout(warm);
      stopIdleTimer();
      listeners.clear();
      benchListeners.clear();
      await bench.dispose();
      await client.dispose();
    },
  };
}

export type Models = ReturnType<typeof createModels>;
