import { availableParallelism, cpus, totalmem } from 'node:os';
import { InsufficientMemoryError, LlamaLogLevel } from 'node-llama-cpp';
import type { Measurement } from '../../electron/contract/entities/model.ts';
import type { FaultCode } from '../../electron/contract/faults.ts';
import { startBackend } from './backend.ts';
import type { StartedBackend } from './backend.ts';
import { calibrate } from './calibrate.ts';
import { createCpuLoad } from './cpu-load.ts';
import type { CpuTimes } from './cpu-load.ts';
import { ContextFullError, generate, leastTokensOf } from './generate.ts';
import type { GenerateRequest, Threads } from './generate.ts';
import { loadModel } from './loaded-model.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { Backend, FromHost, HostMessage, ModelSpec, ToHost } from './protocol.ts';
import { guessThreads } from './threads.ts';

/** Budget of the first measurement, part of the first load of a model on a machine. */
const FIRST_BUDGET_MS = 300;
/** Budget of the careful one, made while nobody waits; given up when somebody does. */
const IDLE_BUDGET_MS = 2000;
const IDLE_AFTER_MS = 4000;
/** Careful measurements tried for one loaded model; a machine that is never calm is left alone. */
const MOST_REFINES = 3;
const LOADING_EVERY_MS = 50;

export interface EngineDeps {
  readonly send: (message: FromHost) => void;
  /** Ends this process. */
  readonly exit: () => void;
}

const after = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

function readCpuTimes(): CpuTimes {
  const own = process.cpuUsage();
  let [busyMs, totalMs] = [0, 0];
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    busyMs += busy;
    totalMs += busy + times.idle;
  }
  return { busyMs, totalMs, ownMs: (own.user + own.system) / 1000 };
}

/** What the engine process does: one thing at a time, in the order asked. */
export function createEngine({ send, exit }: EngineDeps) {
  const cores = availableParallelism();
  const load = createCpuLoad(readCpuTimes, cores);
  const monotonicMs = (): number => performance.now();
  const now = (): number => Date.now();
  const asked = new Set<number>();
  const stopped = new Set<number>();
  let started: Promise<StartedBackend> | null = null;
  let loaded: LoadedModel | null = null;
  let threads: Threads | null = null;
  let waiting = 0;
  let work: Promise<unknown> = Promise.resolve();
  let cancelIdle: (() => void) | null = null;
  let refine = false;
  let refines = 0;
  let lastNative = '';

  const onLog = (level: LlamaLogLevel, text: string): void => {
    lastNative = text.trim() || lastNative;
    const bad = level === LlamaLogLevel.error || level === LlamaLogLevel.fatal;
    send({ t: 'log', level: bad ? 'error' : 'warn', text: text.slice(0, 500) });
  };
  const backendOf = async (): Promise<StartedBackend> => {
    if (!started) throw new Error('The engine was asked before it was started.');
    return started;
  };

  const use = (measured: Measurement): void => {
    threads = {
      decode: measured.decodeThreads,
      prefill: measured.prefillThreads,
      decodeTokensPerSecond: measured.decodeTokensPerSecond,
      prefillTokensPerSecond: measured.prefillTokensPerSecond,
    };
  };

  /** True when nothing needs to be measured again. */
  async function measure(model: LoadedModel, budgetMs: number, stop: () => boolean): Promise<boolean> {
    const { llama } = await backendOf();
    const result = await calibrate(llama, model, { cores, load, budgetMs, monotonicMs, now, stop });
    if (!result) return false;
    use(result.measurement);
    send({ t: 'measured', modelId: model.spec.modelId, measurement: result.measurement });
    return result.complete;
  }

  async function unload(): Promise<void> {
    const old = loaded;
    loaded = null;
    threads = null;
    if (!old) return;
    await old.dispose();
    send({ t: 'unloaded', modelId: old.spec.modelId });
  }

  /** The model of this request in memory. Tells the request about it; `loadMs` 0 when it was there. */
  async function ready(id: number, spec: ModelSpec): Promise<{ model: LoadedModel; threads: Threads; loadMs: number }> {
    const { llama, backend } = await backendOf();
    const startMs = monotonicMs();
    let loadMs = 0;
    if (!loaded || loaded.spec.path !== spec.path) {
      await unload();
      if (spec.sizeBytes > totalmem()) throw new InsufficientMemoryError('The model is larger than the memory.');
      refines = 0;
      send({ t: 'loading', id, fraction: null });
      let toldMs = startMs;
      loaded = await loadModel(llama, backend, spec, cores, (fraction) => {
        if (monotonicMs() - toldMs < LOADING_EVERY_MS) return;
        toldMs = monotonicMs();
        send({ t: 'loading', id, fraction: Math.min(1, Math.max(0, fraction)) });
      });
      threads = {
        ...guessThreads(spec.sizeBytes, load.freeCores()),
        decodeTokensPerSecond: null,
        prefillTokensPerSecond: null,
      };
      if (spec.measurement?.backend === backend) use(spec.measurement);
      else {
        await measure(loaded, FIRST_BUDGET_MS, () => stopped.has(id));
        refine = true;
      }
      loadMs = monotonicMs() - startMs;
    }
    const inUse = (threads ??= {
      ...guessThreads(spec.sizeBytes, cores),
      decodeTokensPerSecond: null,
      prefillTokensPerSecond: null,
    });
    const { contextTokens } = loaded.context();
    send({ t: 'loaded', id, modelId: spec.modelId, loadMs, backend, threads: inUse.decode, contextTokens });
    return { model: loaded, threads: inUse, loadMs };
  }

  async function answer(spec: ModelSpec, request: GenerateRequest): Promise<void> {
    const { llama } = await backendOf();
    const { model, threads: inUse, loadMs } = await ready(request.id, spec);
    const deps = {
      llama,
      send,
      monotonicMs,
      now,
      after,
      cores,
      load,
      stopped: () => stopped.has(request.id),
      onSurprise: () => void (refine = true),
    };
    await generate(deps, model, inUse, request, loadMs);
  }

  function fault(error: unknown): { code: FaultCode; detail: string } {
    const text = error instanceof Error ? error.message : String(error);
    const told = `${text} ${lastNative}`;
    if (error instanceof ContextFullError) return { code: 'context_length', detail: text };
    if (/KV slot/i.test(told)) {
      return {
        code: 'context_length',
        detail: 'The conversation no longer fits the model: shorten it or start a new chat.',
      };
    }
    if (
      error instanceof InsufficientMemoryError ||
      /alloc|out of memory|insufficient memory|OutOfDeviceMemory/i.test(told)
    ) {
      return {
        code: 'local_oom',
        detail: 'This machine has not enough free memory for the model: close other programs or pick a smaller model.',
      };
    }
    if (/device lost|DeviceLost|cudaError/i.test(told)) {
      return {
        code: 'gpu_lost',
        detail: 'The graphics card stopped answering: send the message again, or set the backend to cpu in Settings.',
      };
    }
    if (/failed to load model|gguf|magic|tensor|ENOENT|unknown model architecture/i.test(told)) {
      return {
        code: 'model_file_corrupt',
        detail: 'The engine cannot read this model file: download it again or pick another model.',
      };
    }
    return { code: 'unknown', detail: `The engine failed: ${text.slice(0, 300)}` };
  }

  /** Queues work for one request; whatever it throws becomes that request's `fail`. */
  function enqueue(id: number, run: () => Promise<void>): void {
    waiting++;
    asked.add(id);
    cancelIdle?.();
    cancelIdle = null;
    work = work.then(async () => {
      lastNative = '';
      try {
        await run();
      } catch (error) {
        send({
          t: 'fail',
          id,
          ...fault(error),
          tokensIn: error instanceof ContextFullError ? error.tokensIn : 0,
          tokensCached: 0,
          tokensOut: 0,
        });
        // Whatever state the model is in now, a fresh load is right.
        if (!(error instanceof ContextFullError)) await unload().catch(() => undefined);
      } finally {
        asked.delete(id);
        stopped.delete(id);
        waiting--;
        if (waiting === 0 && refine && refines < MOST_REFINES) cancelIdle = after(IDLE_AFTER_MS, refineWhenIdle);
      }
    });
  }

  function refineWhenIdle(): void {
    cancelIdle = null;
    const model = loaded;
    if (!model || waiting > 0) return;
    refines++;
    work = work.then(async () => {
      try {
        refine = !(await measure(model, IDLE_BUDGET_MS, () => waiting > 0 || loaded !== model));
      } catch (error) {
        refine = false;
        onLog(LlamaLogLevel.warn, `calibration: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  }

  function start(wanted: Backend): void {
    started = startBackend(wanted, onLog);
    started.then(
      ({ backend, warning }) => send({ t: 'ready', backend, warning, cores }),
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

  function countTokens(model: LoadedModel, messages: readonly HostMessage[]): number {
    const least = leastTokensOf(messages);
    if (least > model.mostContextTokens) return least;
    const slots = model.context().slots.all;
    const get = (text: string) => slots.map((slot) => slot.replies.get(text)).find((tokens) => tokens !== undefined);
    return model.chat.tokens(messages, { get }).length;
  }

  return {
    handle(message: ToHost): void {
      switch (message.t) {
        case 'start':
          return start(message.backend);
        case 'generate':
          return enqueue(message.id, () => answer(message.model, message));
        case 'load':
          return enqueue(message.id, async () => {
            await ready(message.id, message.model);
            send({ t: 'done', id: message.id, tokens: null });
          });
        case 'count':
          // With the model there it is answered between two tokens of whoever is being served.
          if (loaded?.spec.path === message.model.path) {
            return send({ t: 'done', id: message.id, tokens: countTokens(loaded, message.messages) });
          }
          return enqueue(message.id, async () => {
            const { model } = await ready(message.id, message.model);
            send({ t: 'done', id: message.id, tokens: countTokens(model, message.messages) });
          });
        case 'calibrate':
          return enqueue(message.id, async () => {
            const { model } = await ready(message.id, message.model);
            refine = !(await measure(model, message.budgetMs, () => stopped.has(message.id)));
            send({ t: 'done', id: message.id, tokens: null });
          });
        case 'unload':
          return enqueue(message.id, async () => {
            await unload();
            send({ t: 'done', id: message.id, tokens: null });
          });
        case 'stop':
          if (asked.has(message.id)) stopped.add(message.id);
          return;
        case 'ping':
          return send({ t: 'pong', id: message.id });
        case 'exit':
          return exit();
      }
    },
  };
}
