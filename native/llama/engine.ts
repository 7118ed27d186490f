import { availableParallelism } from 'node:os';
import { LlamaLogLevel } from 'node-llama-cpp';
import { startBackend } from './backend.ts';
import type { StartedBackend } from './backend.ts';
import { measureBench } from './bench.ts';
import { calibrate } from './calibrate.ts';
import { createCpuLoad, readCpuTimes } from './cpu-load.ts';
import { createEmbedder } from './embedder.ts';
import { engineFault } from './engine-fault.ts';
import { createGrammars } from './grammar.ts';
import type { Grammars } from './grammar.ts';
import { createIdleRefine, isKept } from './idle-refine.ts';
import { createKeptStates } from './kept-states.ts';
import type { KeptStates, StatesPlace } from './kept-states.ts';
import { loadSteppingDown } from './load-stepping-down.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { Backend, FromHost, ModelSpec, ToHost } from './protocol.ts';
import { ContextFullError, countTokens, createReply } from './reply.ts';
import type { GenerateRequest } from './reply.ts';
import { createScheduler } from './scheduler.ts';
import type { Scheduler } from './scheduler.ts';
import { createSpeedBook } from './speed-book.ts';
import type { SpeedBook } from './speed-book.ts';
import { giveWayOn } from './step-back.ts';

/** Budget of the first measurement, part of the first load of a model on a machine. */
const FIRST_BUDGET_MS = 300;
/** Budget of the careful one, made while nobody waits; given up when somebody does. */
const IDLE_BUDGET_MS = 2000;

export interface EngineDeps {
  readonly send: (message: FromHost) => void;
  /** Ends this process. */
  readonly exit: () => void;
}

/** What is asked when it soon matters how many cores are free. */
const KEEPS_FRESH: ReadonlySet<ToHost['t']> = new Set(['generate', 'load', 'calibrate', 'embed']);

const after = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** When the process is asked to end it may take so long, in ms, to write states down. The client waits a little longer. */
const SAVE_AT_EXIT_MS = 1500;

/** A model in memory, what is known of its speed, and who is being answered by it. */
interface Serving {
  readonly model: LoadedModel;
  readonly book: SpeedBook;
  readonly scheduler: Scheduler;
  readonly states: KeptStates | null;
  readonly estimatedBytes: number;
}

/** What the engine process does: one thing at a time in the order asked, except that one model makes several replies at once. */
export function createEngine({ send, exit }: EngineDeps) {
  const cores = availableParallelism();
  const cpuLoad = createCpuLoad(readCpuTimes, cores);
  const monotonicMs = (): number => performance.now();
  const now = (): number => Date.now();
  const asked = new Set<number>();
  const stopped = new Set<number>();
  /** Conversations that were deleted or became private: requests on their way do not know it yet. */
  const forgotten = new Set<string>();
  let started: Promise<StartedBackend> | null = null;
  let serving: Serving | null = null;
  const retired: { readonly old: Serving; readonly sound: boolean }[] = [];
  let grammars: Grammars | null = null;
  let waiting = 0;
  let work: Promise<unknown> = Promise.resolve();
  let lastNative = '';
  let statesPlace: StatesPlace | null = null;

  const onLog = (level: LlamaLogLevel, text: string): void => {
    lastNative = text.trim() || lastNative;
    const bad = level === LlamaLogLevel.error || level === LlamaLogLevel.fatal;
    send({ t: 'log', level: bad ? 'error' : 'warn', text: text.slice(0, 500) });
  };
  const warn = (text: string): void => onLog(LlamaLogLevel.warn, text);
  const backendOf = async (): Promise<StartedBackend> => {
    if (!started) throw new Error('The engine was asked before it was started.');
    return started;
  };

  /** True when nothing needs to be measured again. `whole`: what could not try every count, because others hold cores, is not kept. */
  async function measure(
    { model, book }: Serving,
    { budgetMs, stop, whole = false }: { budgetMs: number; stop: () => boolean; whole?: boolean },
  ): Promise<boolean> {
    const { llama } = await backendOf();
    const result = await calibrate(llama, model, { cores, load: cpuLoad, budgetMs, monotonicMs, now, stop });
    if (!result || !isKept(result, whole)) return false;
    book.learn(result.measurement);
    send({ t: 'measured', modelId: model.spec.modelId, measurement: result.measurement });
    return result.complete;
  }

  const idleRefine = createIdleRefine({
    cores,
    freeCores: cpuLoad.freeCores,
    after,
    isIdle: () => serving !== null && waiting === 0,
    measure() {
      const model = serving;
      if (!model) return Promise.resolve(false);
      const stop = (): boolean => waiting > 0 || serving !== model;
      const measured = work.then(() => measure(model, { budgetMs: IDLE_BUDGET_MS, stop, whole: true }));
      work = measured.catch(() => undefined);
      return measured;
    },
    onTrouble: (error) => warn(`calibration: ${error instanceof Error ? error.message : String(error)}`),
  });

  const embedder = createEmbedder({
    ...{ backendOf, send, after, cores, monotonicMs },
    freeCores: cpuLoad.freeCores,
    stopped: (id) => stopped.has(id),
  });

  /** Takes the model out of service; its memory is freed by `free`. `sound`: what its sequences hold can be trusted. */
  function retire(sound: boolean): void {
    if (serving) retired.push({ old: serving, sound });
    serving = null;
  }

  async function free(): Promise<void> {
    for (let next = retired.shift(); next; next = retired.shift()) {
      const { old, sound } = next;
      await old.scheduler.idle();
      if (sound) await old.states?.save();
      await old.model.dispose().catch(() => undefined);
      send({ t: 'unloaded', modelId: old.model.spec.modelId });
    }
  }

  async function unload(sound: boolean): Promise<void> {
    retire(sound);
    await free();
  }

  async function load(id: number, spec: ModelSpec): Promise<Serving> {
    const { llama, backend } = await backendOf();
    await unload(true);
    idleRefine.loaded();
    const { model, estimatedBytes } = await loadSteppingDown(
      { send, cores, monotonicMs, faultOf: fault, forgetNative: () => (lastNative = '') },
      { llama, backend, id, spec },
    );
    const { freeCores } = cpuLoad;
    const book = createSpeedBook({ cores, modelBytes: spec.sizeBytes, freeCores, monotonicMs });
    const states = statesPlace
      ? createKeptStates(model, { place: statesPlace, llama, promptSpeed: book.promptSpeed, now, onTrouble: warn })
      : null;
    const scheduler = createScheduler({ loaded: model, book, monotonicMs, onOver, states });
    serving = { model, book, scheduler, states, estimatedBytes };
    if (spec.measurement?.backend === backend) book.learn(spec.measurement);
    else {
      await measure(serving, { budgetMs: FIRST_BUDGET_MS, stop: () => stopped.has(id) });
      idleRefine.want();
    }
    return serving;
  }

  /** The model of this request in memory. Tells the request about it; `loadMs` 0 when it was there. */
  async function ready(id: number, spec: ModelSpec): Promise<Serving & { loadMs: number }> {
    const startMs = monotonicMs();
    const there = serving?.model.spec.path === spec.path ? serving : null;
    // Whoever is being answered by another model is answered first.
    if (!there) await serving?.scheduler.idle();
    const current = there ?? (await load(id, spec));
    const loadMs = there ? 0 : monotonicMs() - startMs;
    const { contextTokens, slots } = current.model.context();
    const { backend } = current.model;
    const threads = current.book.threads().decode;
    const sequences = slots.all.length;
    const { ramBytes, gpuBytes } = current.model.usedBytes();
    const { gpuLayers } = current.model.plan;
    const bytes = {
      gpuLayers,
      layers: current.model.layers,
      usedBytes: Math.round(ramBytes + gpuBytes),
      estimatedBytes: current.estimatedBytes,
    };
    send({ t: 'loaded', id, modelId: spec.modelId, loadMs, backend, threads, contextTokens, sequences, ...bytes });
    return { ...current, loadMs };
  }

  async function answer(spec: ModelSpec, request: GenerateRequest): Promise<void> {
    const { llama } = await backendOf();
    const { model, scheduler, states, loadMs } = await ready(request.id, spec);
    states?.allow(request.stateKey, request.mayKeep === true && !forgotten.has(request.stateKey ?? ''));
    grammars ??= createGrammars(llama);
    const grammar = request.format ? await grammars.begin(model.model, request.format) : null;
    const deps = { llama, send, monotonicMs, now, after, grammar, stopped: () => stopped.has(request.id) };
    scheduler.add(createReply(deps, model, request, loadMs));
  }

  function onOver({ id }: { readonly id: number }, failed: unknown): void {
    if (serving?.book.takeSurprise()) idleRefine.want();
    if (failed === null) return forget(id);
    tellFault(id, failed);
    // Whatever state the model is in now, a fresh load is right.
    retire(false);
    work = work.then(free);
  }

  const fault = (error: unknown) => engineFault(error, lastNative);

  const tellFault = (id: number, error: unknown): void => {
    const tokensIn = error instanceof ContextFullError ? error.tokensIn : 0;
    send({ t: 'fail', id, ...fault(error), tokensIn, tokensCached: 0, tokensOut: 0 });
    forget(id);
  };

  /** A request is over. */
  function forget(id: number): void {
    asked.delete(id);
    stopped.delete(id);
    waiting--;
    if (waiting === 0) idleRefine.quiet();
  }

  /** Queues work for one request; whatever it throws becomes that request's `fail`. */
  function enqueue(id: number, run: () => Promise<'over' | 'goes on'>): void {
    waiting++;
    asked.add(id);
    idleRefine.busy();
    work = work.then(async () => {
      try {
        if ((await run()) === 'over') forget(id);
      } catch (error) {
        tellFault(id, error);
        // A request that does not fit says nothing about the model; after anything else a fresh load is right.
        if (error instanceof ContextFullError) return;
        await unload(false);
      }
      lastNative = '';
    });
  }

  /** Work that the model in service has no part in. */
  function beside(id: number, run: () => Promise<void>): void {
    waiting++;
    asked.add(id);
    idleRefine.busy();
    const done = (): void => {
      send({ t: 'done', id, tokens: null });
      forget(id);
    };
    run().then(done, (error: unknown) => tellFault(id, error));
  }

  /** Queues work that has the model to itself. */
  const enqueueAlone = (id: number, run: () => Promise<void>): void =>
    enqueue(id, async () => {
      await serving?.scheduler.idle();
      await run();
      send({ t: 'done', id, tokens: null });
      return 'over';
    });

  function start(wanted: Backend): void {
    started = startBackend(wanted, onLog);
    started.then(
      ({ backend, warning, devices }) => {
        giveWayOn(devices);
        send({ t: 'ready', backend, warning, cores, devices: [...devices] });
      },
      (error: unknown) => {
        send({
          t: 'log',
          level: 'error',
          text: `engine start: ${error instanceof Error ? error.message : String(error)}`,
        });
        exit();
      },
    );
  }

  /** Ends the process, after writing down what the last conversations hold. */
  function leave(): void {
    const last = serving;
    if (!last?.states) return exit();
    let late = false;
    after(SAVE_AT_EXIT_MS, () => {
      late = true;
      exit();
    });
    for (const id of asked) stopped.add(id);
    void last.scheduler
      .idle()
      .then(() => last.states?.save(() => !late))
      .finally(exit);
  }

  return {
    handle(message: ToHost): void {
      if (KEEPS_FRESH.has(message.t)) cpuLoad.keepFresh();
      switch (message.t) {
        case 'start':
          statesPlace = message.states ?? null;
          return start(message.backend);
        case 'generate':
          return enqueue(message.id, async () => {
            await answer(message.model, message);
            return 'goes on';
          });
        case 'load':
          return enqueue(message.id, async () => {
            await ready(message.id, message.model);
            send({ t: 'done', id: message.id, tokens: null });
            return 'over';
          });
        case 'count':
          // With the model there it is answered between two tokens of whoever is being served.
          if (serving?.model.spec.path === message.model.path) {
            return send({ t: 'done', id: message.id, tokens: countTokens(serving.model, message.messages) });
          }
          return enqueue(message.id, async () => {
            const { model } = await ready(message.id, message.model);
            send({ t: 'done', id: message.id, tokens: countTokens(model, message.messages) });
            return 'over';
          });
        case 'calibrate':
          return enqueueAlone(message.id, async () => {
            const there = await ready(message.id, message.model);
            idleRefine.measured(
              await measure(there, { budgetMs: message.budgetMs, stop: () => stopped.has(message.id) }),
            );
          });
        case 'bench':
          return enqueueAlone(message.id, async () => {
            const { llama } = await backendOf();
            const { model } = await ready(message.id, message.model);
            const stop = (): boolean => stopped.has(message.id);
            const { budgetMs, wish } = message;
            cpuLoad.freeCores();
            const figures = await measureBench(llama, model, wish, { budgetMs, monotonicMs, stop });
            send({ t: 'benched', id: message.id, ...figures, freeCores: cpuLoad.freeCores() });
          });
        case 'unload':
          return enqueueAlone(message.id, async () => {
            await Promise.all([unload(true), embedder.unload()]);
          });
        case 'embed':
          return beside(message.id, () => embedder.embed(message));
        case 'stop':
          if (asked.has(message.id)) stopped.add(message.id);
          return serving?.scheduler.noteStop();
        case 'ping':
          return send({ t: 'pong', id: message.id });
        case 'forget':
          forgotten.add(message.stateKey);
          return serving?.states?.forget(message.stateKey);
        case 'exit':
          return leave();
      }
    },
  };
}
