import { say } from '../../electron/contract/sentences/index.ts';
import type { Clock } from '../../electron/base/clock.ts';
import type { Log } from '../../electron/base/log.ts';
import type { EngineStatus, Measurement } from '../../electron/contract/entities/model.ts';
import { FaultError, refuse } from '../../electron/contract/faults.ts';
import type { Fault } from '../../electron/contract/faults.ts';
import { createFairQueue } from './fair-queue.ts';
import { emptyGpuWarning } from './gpus.ts';
import { createHostLink } from './host-link.ts';
import type { HostLink, HostLimits } from './host-link.ts';
import { faultOf } from './llama-fault.ts';
import { createReplyJob } from './reply-job.ts';
import { watchMemoryKills } from './memory.ts';
import type { Job, LlamaEvent, LlamaRequest } from './reply-job.ts';
import type { Backend, BenchWish, FromHost, HostMessage, ModelSpec, ToHost } from './protocol.ts';
import type { StatesPlace } from './kept-states.ts';
import type { SpawnHost } from './spawn.ts';

export type { SpawnHost } from './spawn.ts';
export type { Backend, BenchWish, HostMessage, ModelSpec } from './protocol.ts';
export { keptStateKeys, stateFileName } from './state-file.ts';
export { presentGpus } from './gpus.ts';
export { pastTheBest, threadCandidates } from './threads.ts';
export type Benched = Omit<Extract<FromHost, { t: 'benched' }>, 't' | 'id'>;
export type { LlamaEvent, LlamaRequest } from './reply-job.ts';

/** Where a model begins that has ended the process before. */
type Below = Pick<ModelSpec, 'stepsDown' | 'lessThanBytes'>;

export interface LlamaClientDeps {
  readonly spawn: SpawnHost;
  readonly clock: Clock;
  readonly log: Log;
  readonly backend: () => Backend;
  /** Where the state of conversations is kept between two runs; read when a process starts. Absent or null = nowhere. */
  readonly states?: () => StatesPlace | null;
  readonly onMeasured: (modelId: string, measurement: Measurement) => void;
  readonly limits?: Partial<HostLimits>;
}

/**
 * One engine process behind one object. It starts with the first request and is started again after it was lost. One model
 * answers as many requests at once as its context has sequences; everything else is asked one at a time. What waits stands in a
 * fair line and knows its place; a loss costs those who are being served, never those who wait.
 */
export function createLlamaClient({ spawn, clock, log, backend, onMeasured, limits, states }: LlamaClientDeps) {
  let nextId = 0;
  let link: HostLink | null = null;
  const running = new Map<number, Job>();
  const queue = createFairQueue<Job>();
  /** Requests the loaded model takes at once; 1 until it says. */
  let lanes = 1;
  const sideJobs = new Map<number, Job>();
  const listeners = new Set<() => void>();
  /** Conversations that nothing may be kept of, whatever a request that waits says. */
  const forgotten = new Set<string>();
  let disposed = false;
  /** Ways to load a model that ended the process; it begins below them for a while. */
  const steps = new Map<string, { readonly below: Below; readonly atMs: number; readonly proven: boolean }>();
  /** What the way takes by which each model was loaded last, in bytes. */
  const planned = new Map<string, number>();
  let memoryWasShort: () => boolean = () => false;
  /** What the start of the process had to say; a loaded model may have more. */
  let startWarning: string | null = null;
  /** A GPU ended the process before it was ready: the CPU is used until the backend is chosen anew. */
  let fallenFrom: Backend | null = null;
  let status: EngineStatus = { state: 'stopped', backend: null, warning: null, loadedModelId: null, crashes: 0 };

  const update = (patch: Partial<EngineStatus>): void => {
    status = { ...status, ...patch };
    for (const listener of listeners) listener();
  };

  function open(): HostLink {
    if (link) return link;
    const wanted = backend();
    const effective: Backend = fallenFrom === wanted ? 'cpu' : wanted;
    let ready = false;
    update({ state: 'starting', loadedModelId: null, layers: null });
    const opened = createHostLink({
      spawn,
      log,
      limits: limits ?? {},
      onMessage: (message) => {
        if (message.t === 'ready') {
          ready = true;
          // Not sooner: who starts it may put it into a group of its own first.
          memoryWasShort = watchMemoryKills(opened.pid);
          const fell = fallenFrom === wanted && fallenFrom !== null ? say('model.gpu.fell', { backend: wanted }) : null;
          startWarning = fell ?? message.warning;
          const lostBackend = fell === null ? null : wanted;
          const devices = message.devices ?? [];
          return update({ state: 'ready', backend: message.backend, devices, warning: startWarning, lostBackend });
        }
        receive(message);
      },
      onLost: (reason) => {
        if (link !== opened) return;
        link = null;
        if (!ready && effective !== 'cpu') fallenFrom = wanted;
        lose(reason);
      },
    });
    link = opened;
    const place = states?.() ?? null;
    opened.post({ t: 'start', backend: effective, ...(place ? { states: place } : {}) });
    return opened;
  }

  function receive(message: FromHost): void {
    if (message.t === 'measured') return onMeasured(message.modelId, message.measurement);
    if (message.t === 'loaded') {
      lanes = message.sequences;
      const { modelId, backend: used, gpuLayers } = message;
      const layers = { onGpu: gpuLayers, all: message.layers ?? gpuLayers };
      const warning = emptyGpuWarning(used, gpuLayers, modelId) ?? startWarning;
      if (status.loadedModelId !== modelId || status.warning !== warning || message.loadMs > 0)
        update({ loadedModelId: modelId, warning, layers });
    }
    if (message.t === 'unloaded') {
      lanes = 1;
      update({ loadedModelId: null, layers: null });
    }
    if (!('id' in message)) return;
    const job = running.get(message.id) ?? sideJobs.get(message.id);
    if (!job) return;
    if (message.t === 'loading' && message.plan && job.modelId !== null)
      planned.set(job.modelId, message.plan.estimatedBytes);
    const last = message.t === 'end' || message.t === 'fail' || message.t === 'done';
    if (last) finish(job);
    // It answered: unless the kernel said that memory was short, something else had ended the process.
    if (message.t === 'end' && job.modelId !== null && steps.get(job.modelId)?.proven === false)
      steps.delete(job.modelId);
    job.onMessage(message);
    if (last || message.t === 'loaded') advance();
  }

  const finish = (job: Job): void => {
    sideJobs.delete(job.id);
    running.delete(job.id);
    if (running.size === 0) link?.watch(false);
  };

  const stepsOf = (modelId: string): Below => {
    const known = steps.get(modelId);
    if (known && clock.monotonicMs() - known.atMs > FORGET_STEPS_MS) steps.delete(modelId);
    return steps.get(modelId)?.below ?? { stepsDown: 0 };
  };

  /** The host as a job sees it: a model begins below what has ended the process before. */
  const below = (opened: HostLink): HostLink => ({
    ...opened,
    post(message: ToHost) {
      const keeping = message.t === 'generate' && message.mayKeep === true && forgotten.has(message.stateKey ?? '');
      const sent = keeping ? { ...message, mayKeep: false } : message;
      const known = 'model' in sent && steps.has(sent.model.modelId) ? stepsOf(sent.model.modelId) : null;
      opened.post(known && 'model' in sent ? { ...sent, model: { ...sent.model, ...known } } : sent);
    },
  });

  /** Whoever ended the process while it was being loaded, or for want of memory, is not loaded that way again. */
  function stepDown(): void {
    const short = memoryWasShort();
    const models = new Set([...running.values()].map(({ modelId }) => modelId));
    for (const modelId of models) {
      if (modelId === null || (!short && status.loadedModelId === modelId)) continue;
      const proven = short || steps.get(modelId)?.proven === true;
      const below = { stepsDown: (stepsOf(modelId).stepsDown ?? 0) + 1, lessThanBytes: planned.get(modelId) };
      steps.set(modelId, { below, atMs: clock.monotonicMs(), proven });
      log.write('warn', 'engine.step-down', { modelId, memory: short });
    }
  }

  function lose(reason: string): void {
    if (status.state !== 'starting') stepDown();
    log.write('error', 'engine.lost', { reason });
    update({ state: 'crashed', loadedModelId: null, layers: null, crashes: status.crashes + 1 });
    const fault: Fault = {
      code: 'local_crash',
      origin: 'infrastructure',
      recoverable: true,
      incident: `engine ${String(status.crashes)}`,
      detail: say('model.engine.lost', { cause: reason }),
    };
    const lost = [...running.values(), ...sideJobs.values()];
    running.clear();
    sideJobs.clear();
    lanes = 1;
    for (const job of lost) job.onLost(fault);
    advance();
  }

  /** Whether the engine takes this one beside what it is doing. */
  function fits(job: Job): boolean {
    if (running.size === 0) return true;
    if (job.sharedModel === null || running.size >= lanes) return false;
    for (const other of running.values()) if (other.sharedModel !== job.sharedModel) return false;
    return true;
  }

  function advance(): void {
    if (disposed) return;
    for (let next = queue.first(); next && fits(next); next = queue.first()) {
      queue.take();
      running.set(next.id, next);
      try {
        const opened = open();
        opened.watch(true);
        next.send(below(opened));
      } catch (error) {
        link = null;
        return lose(say('model.ended.unstarted', { why: error instanceof Error ? error.message : String(error) }));
      }
    }
    tellPlaces();
  }

  const tellPlaces = (): void => queue.items().forEach((job, index) => job.onPlace(index + 1));

  function enqueue(job: Job): void {
    queue.add(job, job.flow);
    advance();
  }

  /** Takes a job that was not sent yet out of the line. */
  function withdraw(job: Job): boolean {
    if (!queue.remove(job)) return false;
    advance();
    return true;
  }

  /** A request with one answer, `done`. `aside` = it may be answered while another runs. */
  function ask(
    modelId: string | null,
    send: (link: HostLink, id: number) => void,
    aside: boolean,
    onMessage: (message: FromHost) => void = () => undefined,
  ): Promise<number | null> {
    const id = ++nextId;
    return new Promise((resolve, reject) => {
      if (disposed) return reject(new FaultError(STOPPED));
      const job: Job = {
        id,
        send: (opened) => send(opened, id),
        onMessage: (message) => {
          onMessage(message);
          if (message.t === 'done') resolve(message.tokens);
          if (message.t === 'fail') reject(new FaultError(faultOf(message.code, message.detail)));
        },
        onLost: (fault) => reject(new FaultError(fault)),
        onPlace: () => undefined,
        flow: 'app',
        sharedModel: null,
        modelId,
      };
      if (!aside || running.size === 0) return enqueue(job);
      sideJobs.set(id, job);
      job.send(open());
    });
  }

  const generate = (request: LlamaRequest, signal: AbortSignal): AsyncIterable<LlamaEvent> => {
    const id = ++nextId;
    const { job, events, refuse } = createReplyJob({
      id,
      request,
      signal,
      clock,
      withdraw,
      post: (message) => link?.post(message),
      isLoaded: () => status.loadedModelId === request.model.modelId,
      isPreparing: () =>
        [...running.values()].every(
          ({ modelId, sharedModel }) => sharedModel === null && modelId === request.model.modelId,
        ),
    });
    if (disposed) refuse(STOPPED);
    else if (!signal.aborted) enqueue(job);
    return { [Symbol.asyncIterator]: events };
  };

  return {
    status: (): EngineStatus => status,
    /** Calls back on every change of `status`. */
    onChange(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    generate,
    /** True while something runs or waits. */
    busy: (): boolean => running.size > 0 || queue.size() > 0,
    load: async (model: ModelSpec): Promise<void> =>
      void (await ask(model.modelId, (opened, id) => opened.post({ t: 'load', id, model }), false)),
    /** Tokens of these messages with the model's own template. Loads the model when it is not. */
    count: async (model: ModelSpec, messages: readonly HostMessage[]): Promise<number> =>
      (await ask(
        model.modelId,
        (opened, id) => opened.post({ t: 'count', id, model, messages: [...messages] }),
        status.loadedModelId === model.modelId,
      )) ?? 0,
    /** Measures threads again; the result arrives through `onMeasured` before this resolves. */
    calibrate: async (model: ModelSpec, budgetMs: number): Promise<void> =>
      void (await ask(model.modelId, (opened, id) => opened.post({ t: 'calibrate', id, model, budgetMs }), false)),
    /** Measures one way to run a model. For a client that answers nobody: what its sequences hold is forgotten. */
    async bench(model: ModelSpec, wish: BenchWish, budgetMs: number): Promise<Benched> {
      let found: Benched | null = null;
      await ask(
        model.modelId,
        (opened, id) => opened.post({ t: 'bench', id, model, wish, budgetMs }),
        false,
        (message) => {
          if (message.t === 'benched') found = message;
        },
      );
      return found ?? { prefillTokensPerSecond: null, decodeTokensPerSecond: null, freeCores: 1 };
    },
    /** Vectors of unit length, one a text, by an embedding model that stands beside the one in service. */
    async embed(model: ModelSpec, texts: readonly string[], signal: AbortSignal): Promise<Embedded> {
      const vectors: number[][] = [];
      let tokensIn = 0;
      let stop = (): void => undefined;
      await ask(
        null,
        (opened, id) => {
          stop = () => opened.post({ t: 'stop', id });
          signal.addEventListener('abort', stop, { once: true });
          opened.post({ t: 'embed', id, model, texts: [...texts] });
          if (signal.aborted) stop();
        },
        true,
        (message) => {
          if (message.t !== 'embedded') return;
          vectors[message.at] = unpacked(message.vector);
          tokensIn += message.tokens;
        },
      ).finally(() => {
        signal.removeEventListener('abort', stop);
      });
      if (signal.aborted) throw refuse('Stopped.', 'cancelled');
      return { vectors, tokensIn };
    },
    /** Nothing of this conversation is kept on disk by the engine. Who asks removes a file that is there without an engine. */
    forget(stateKey: string): void {
      forgotten.add(stateKey);
      link?.post({ t: 'forget', stateKey });
    },
    /** Frees the model's memory. The process stays. Does nothing when there is none. */
    unload: async (): Promise<void> => {
      if (link) await ask(null, (opened, id) => opened.post({ t: 'unload', id }), false);
    },
    /** Ends the process so that the next request starts one with the settings in force then. Running work is lost. */
    restart(): void {
      fallenFrom = null;
      steps.clear();
      const old = link;
      if (!old) return;
      link = null;
      void old.close();
      update({ state: 'stopped', loadedModelId: null, layers: null, warning: null });
      lanes = 1;
      if (running.size > 0) lose(say('model.ended.restarted'));
    },
    /** Ends the process; whatever runs or waits ends with a fault. */
    async dispose(): Promise<void> {
      if (disposed) return;
      disposed = true;
      const left = [...running.values(), ...sideJobs.values(), ...queue.items()];
      running.clear();
      sideJobs.clear();
      while (queue.take());
      for (const job of left) job.onLost(STOPPED);
      const old = link;
      link = null;
      await old?.close();
      update({ state: 'stopped', loadedModelId: null, layers: null });
      listeners.clear();
    },
  };
}
export type LlamaClient = ReturnType<typeof createLlamaClient>;

export interface Embedded {
  readonly vectors: readonly (readonly number[])[];
  readonly tokensIn: number;
}

function unpacked(vector: string): number[] {
  const bytes = Buffer.from(vector, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}

/** A way that ended the process is tried again after so long: other programs may have ended. */
const FORGET_STEPS_MS = 600_000;

const STOPPED: Fault = {
  code: 'local_crash',
  origin: 'infrastructure',
  recoverable: true,
  detail: say('said.engine.closing'),
};
