import { randomFillSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { createApiService } from './access/api/service.ts';
import { moveTokenFile } from './access/api/token-file.ts';
import { createHandlers, turnStreams } from './access/handlers/index.ts';
import { attachPort } from './access/port.ts';
import type { PortEnd } from './access/port.ts';
import type { Handlers, Services, StreamSources } from './access/services.ts';
import type { Clock } from './base/clock.ts';
import { createDisposeStack } from './base/dispose.ts';
import { createEmitter } from './base/emitter.ts';
import { createMintId } from './base/ids.ts';
import type { MintId } from './base/ids.ts';
import type { Log } from './base/log.ts';
import type { KeyVault } from './base/key-vault.ts';
import type { MachineState } from './base/machine-state.ts';
import { createRandomPool } from './base/random-pool.ts';
import { systemTimers } from './base/timers.ts';
import type { Timers } from './base/timers.ts';
import { createAnnounce } from './orchestration/announce.ts';
import type { Announce } from './orchestration/announce.ts';
import type { Answerer } from './orchestration/answer/answer.ts';
import { createFreeBytes, createMachineState, createMemoryPressure } from './orchestration/app/machine.ts';
import { appInfo } from './orchestration/app/info.ts';
import { startRehearsals } from './orchestration/app/rehearsals.ts';
import { startTidying } from './orchestration/app/tidy.ts';
import { createWarm } from './orchestration/app/warm.ts';
import { closeInterrupted } from './orchestration/chats/close-interrupted.ts';
import { createBenchRoom } from './orchestration/bench/bench-room.ts';
import { createChats } from './orchestration/chats/chats.ts';
import type { Complete } from './orchestration/complete/complete.ts';
import { createTracesBehind } from './orchestration/traces/traces-behind.ts';
import { createComplete } from './orchestration/complete/create-complete.ts';
import { createData } from './orchestration/data/data.ts';
import type { Dialogs } from './orchestration/data/data.ts';
import { lockDataFolder } from './orchestration/data/lock.ts';
import { createFeedback } from './orchestration/feedback/feedback.ts';
import type { Models } from './orchestration/models-door.ts';
import { questionIn } from './orchestration/policies/question-in.ts';
import { createPolicies } from './orchestration/policies/policies.ts';
import { createPrompts } from './orchestration/prompts/prompts.ts';
import { createSettings } from './orchestration/settings/settings.ts';
import { createSpending } from './orchestration/spending/spending.ts';
import { createTurns } from './orchestration/turn/turns.ts';
import type { TraceSource } from './orchestration/turn/turn.ts';
import { createPriceTable, createSessionVault } from './model/index.ts';
import type { Downloads } from './model/index.ts';
import { buildLibrary, buildModels } from './library.ts';
import { buildEgress, buildRouting } from './routing.ts';
import { buildTraceTools } from './trace-tools.ts';
import { buildTracing } from './tracing.ts';
import type { SpawnHost } from '../native/llama/spawn.ts';
import { createRecording } from './telemetry/recorder.ts';
import type { Recording } from './telemetry/recorder.ts';
import { openStore } from './storage/index.ts';
import type { Store } from './storage/index.ts';

export interface CoreOptions {
  readonly dataDir: string;
  readonly resourcesDir: string;
  /** Makes the engine's process. */
  readonly spawnHost: SpawnHost;
  readonly clock: Clock;
  readonly log: Log;
  /** The configuration file, when it is not the one in the data folder. */
  readonly configPath?: string;
  /** Where turns come from; written on traces. */
  readonly source: TraceSource;
  /** What the lock file says about this process. */
  readonly what?: string;
  readonly dialogs?: Dialogs | null;
  /** False = open without the folder's lock, for commands that only read while the app may run. */
  readonly lock?: boolean;
  /** Starts and ends the local API as the settings say. Absent = only `serve` starts it. */
  readonly api?: boolean;
  /** How long answers of the local API get when it ends, in ms. Absent = its own patience. */
  readonly apiGraceMs?: number;
  /** Looks for edits of the settings file by hand. */
  readonly watch?: boolean;
  readonly timers?: Timers;
  readonly mintId?: MintId;
  /** Other models than those of this machine: scripted ones in tests. */
  readonly models?: (store: Store) => Models;
  readonly freeBytes?: () => number | null;
  readonly memoryPressure?: () => boolean;
  /** Power and network; absent = what the system's files say. */
  readonly machine?: MachineState;
  /** Another way to record requests; absent = each leaves a trace. */
  readonly recording?: Recording;
  /** Where keys are kept; absent = for this session only. */
  readonly vault?: KeyVault;
}

/** The product without a window. */
export interface Core extends Services {
  readonly store: Store;
  readonly answer: Answerer;
  readonly complete: Complete;
  readonly downloads: Downloads;
  readonly announce: Announce;
  readonly handlers: Handlers;
  readonly streams: StreamSources;
  readonly log: Log;
  readonly dataDir: string;
  readonly version: string;
  /** Serves one page until its port closes. */
  attachPort(port: PortEnd): { dispose(): void };
  /** Calls back whenever a page says that a person can type. */
  onPageReady(listener: () => void): () => void;
  /** Stops live turns, stores what they have and lets everything go, in reverse order of building. */
  dispose(): Promise<void>;
}

export const APP_VERSION = packageJson.version;

/** After the page is ready: opening the window comes first, warming the engine second. */
const WARM_AFTER_MS = 400;

/** Builds every room once, in order. Throws a FaultError with a sentence for a person when the data folder can't be used. */
export function createCore(options: CoreOptions): Core {
  const { dataDir, clock, log, timers = systemTimers, dialogs = null } = options;
  const mintId =
    options.mintId ??
    createMintId(
      clock,
      createRandomPool((bytes) => randomFillSync(bytes)),
    );
  const onError = (error: unknown) => {
    log.write('error', 'core.error', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  };
  const disposables = createDisposeStack(onError);
  const problems: string[] = [];
  let keepsText = () => true;
  const recording = options.recording ?? createRecording({ clock, mintId });

  const locked = options.lock ?? true;
  if (locked) {
    const lock = disposables.add(lockDataFolder(dataDir, options.what ?? options.source));
    if (lock.problem !== null) problems.push(lock.problem);
  } else mkdirSync(dataDir, { recursive: true });

  try {
    const store = disposables.add(
      openStore({
        path: join(dataDir, 'switchyard.db'),
        snapshotDir: join(dataDir, 'snapshots'),
        clock,
        mintId,
        log,
        timers,
        keepsPreview: () => keepsText(),
        keepsTraces: recording.stores,
      }),
    );
    problems.push(...store.problems);
    return build(store);
  } catch (error) {
    void disposables.dispose();
    throw error;
  }

  function build(store: Store): Core {
    // Before the budgets read what is spent.
    if (locked) problems.push(...closeInterrupted(store, clock, log, onError));
    const announce = createAnnounce(onError);
    const settings = disposables.add(
      createSettings({
        path: options.configPath ?? join(dataDir, 'config.yaml'),
        announce,
        log,
        watch: options.watch ?? false,
      }),
    );
    const config = () => settings.config();
    keepsText = () => config().data.traceText !== 'none';
    const machine = options.machine ?? createMachineState(clock);
    const vault = options.vault ?? createSessionVault();
    const egress = buildEgress({ store, clock, mintId, machine, config, disposables });
    const tracing = buildTracing({
      store,
      settings,
      egress,
      announce,
      version: APP_VERSION,
      clock,
      timers,
      log,
      onError,
      disposables,
    });
    const prices = createPriceTable({ resourcesDir: options.resourcesDir, dataDir, clock, log });
    const priceProblem = prices.problem();
    if (priceProblem !== null) problems.push(priceProblem);
    const models = disposables.add(
      options.models?.(store) ?? buildModels({ ...options, store, egress, vault, prices, config }),
    );
    const warm = disposables.add(createWarm({ models, timers, log }));
    disposables.add({
      dispose: models.onChange(() => {
        warm.onEngine();
        announce.topics(['models']);
        announce.signal('engine', models.engine());
      }),
    });
    const tracesBehind = disposables.add(
      createTracesBehind({
        traces: tracing.writer,
        stores: recording.stores,
        timers,
        clock,
        soon: setImmediate,
        log,
        onStored: (traceId) => {
          tracing.stored();
          routing.budget.endTurn(traceId);
          announce.topics(['traces', `trace:${traceId}`, 'usage']);
        },
      }),
    );
    const traces = tracesBehind.reader(store.traces);
    const policies = createPolicies({
      dataDir,
      resourcesDir: options.resourcesDir,
      settings,
      store: store.policies,
      models: () => models.list(),
      traces,
      questionOf: questionIn(store.chat),
      clock,
      announce,
      log,
    });
    const routing = buildRouting({
      store,
      settings,
      models,
      policies,
      announce,
      machine,
      vault,
      freeBytes: options.freeBytes ?? createFreeBytes(clock),
      memoryPressure: options.memoryPressure ?? createMemoryPressure(clock),
      clock,
      timers,
      log,
      mintId,
      saveTrace: (trace, usages) => {
        tracesBehind.save(trace, usages);
      },
      disposables,
    });
    const { answer, budget, providers } = routing;
    const { library, downloads } = buildLibrary({
      store,
      dataDir,
      resourcesDir: options.resourcesDir,
      models,
      egress,
      settings,
      policies,
      machine,
      freeMemory: options.freeBytes ?? createFreeBytes(clock),
      announce,
      clock,
      timers,
      mintId,
      log,
      disposables,
    });
    const turns = disposables.add(
      createTurns({
        store,
        answer,
        clock,
        timers,
        log,
        mintId,
        startTrace: recording.start,
        traceBehind: () => (recording.stores() ? tracesBehind : null),
        announce,
        config,
        source: options.source,
        onStored: (traceId) => {
          budget.endTurn(traceId);
        },
        longestContextTokens: () => Math.max(1024, ...models.list().map(({ contextTokens }) => contextTokens)),
      }),
    );
    const onWithdrawn = (conversationId: string): void => {
      routing.forgetAnswers(conversationId);
      models.forgetState?.(conversationId);
    };
    const chats = createChats({ store, turns, clock, mintId, announce, config, onWithdrawn });
    const complete = createComplete({
      answer,
      traces: tracesBehind,
      clock,
      mintId,
      startTrace: recording.start,
      log,
      behind: tracesBehind.afterwards,
      keepsWords: () => config().data.traceText === 'whole',
      ...routing.forRequests,
    });
    if (locked) moveTokenFile(dataDir, store.apiTokens);
    // Built last, so that it ends first: nothing new comes in while the rest goes away.
    const api = disposables.add(
      createApiService({
        complete,
        models: () => models.list(),
        settings,
        records: store.apiTokens,
        announce,
        version: APP_VERSION,
        clock,
        log,
        breakers: () =>
          models.list().map(({ id }) => ({ modelId: id, state: routing.execution.breakers.breakerOf(id).state })),
        followsSettings: options.api ?? false,
        ...(options.apiGraceMs === undefined ? {} : { closeGraceMs: options.apiGraceMs }),
      }),
    );
    const recorded = { ...tracing, reads: tracesBehind.reads(tracing.reads) };
    const traceTools = buildTraceTools({
      store,
      tracing: recorded,
      traces,
      routing,
      complete,
      models,
      policies,
      api,
      config,
      announce,
      dialogs,
      version: APP_VERSION,
      disposables,
    });
    const pageReady = createEmitter<null>(onError);
    let tidied = false;
    const rehearsals = [() => store.rehearse(), () => routing.rehearse()];

    const services: Services = {
      turns,
      chats,
      prompts: createPrompts({ store, clock, mintId, announce }),
      feedback: createFeedback({ store, clock, mintId, announce }),
      traces,
      traceReads: recorded.reads,
      ...traceTools,
      models,
      bench: disposables.add(createBenchRoom({ models, announce, dialogs, clock })),
      library,
      settings,
      policies,
      providers,
      spending: createSpending({ budget, usage: store.usage, egress: store.egress, clock }),
      api,
      data: createData({ store, dataDir, clock, announce, dialogs }),
      dialogs,
      announce,
      info: () =>
        appInfo({
          version: APP_VERSION,
          dataDir,
          firstRun: store.chat.isEmpty(),
          problems,
          engine: models.engine(),
        }),
      onReady() {
        pageReady.emit(null);
        disposables.add({ dispose: timers.after(WARM_AFTER_MS, warm.now) });
        disposables.add(startRehearsals(timers, rehearsals, () => turns.active().length > 0, onError));
        if (!locked || tidied) return;
        tidied = true;
        downloads.begin();
        disposables.add(startTidying(timers, [tracing.tidy, chats.purge, routing.tidyAnswers], onError));
      },
      onTyping: warm.now,
    };
    const served = { handlers: createHandlers(services), streams: turnStreams(services), announce, log };
    return {
      ...services,
      ...served,
      store,
      answer,
      complete,
      downloads,
      attachPort: (port) => attachPort(served, port),
      onPageReady: (listener) => pageReady.on(listener),
      dataDir,
      version: APP_VERSION,
      dispose: () => disposables.dispose(),
    };
  }
}
