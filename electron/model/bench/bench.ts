import { say } from '../../contract/sentences/index.ts';
import { randomUUID } from 'node:crypto';
import { createLlamaClient, presentGpus } from '../../../native/llama/client.ts';
import type { Backend, LlamaClient, ModelSpec, SpawnHost } from '../../../native/llama/client.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Timers } from '../../base/timers.ts';
import type {
  BackendsState,
  BenchBackend,
  BenchChoice,
  BenchMachine,
  BenchReport,
  BenchRun,
  SelfTest,
} from '../../contract/entities/bench.ts';
import type { Measurement } from '../../contract/entities/model.ts';
import { refuse } from '../../contract/faults.ts';
import type { BenchRecords } from '../../storage/store.ts';
import { measureBackend, measurementOf, stepsOf } from './measure.ts';
import { runSelfTest } from './self-test.ts';
import type { DoStep } from './measure.ts';

type Measurable = Exclude<Backend, 'auto'>;

export interface BenchDeps {
  readonly spawn: SpawnHost;
  readonly records: BenchRecords;
  readonly machine: BenchMachine;
  /** Name of this machine in what is stored. */
  readonly fingerprint: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** The backend of the settings: offered too when it is a card that nobody would look for here. */
  readonly wanted: () => Backend;
  /** The model as the engine needs it; rejects with a sentence when it cannot be used. */
  readonly prepare: (modelId: string) => Promise<{ spec: ModelSpec; name: string }>;
  /** Replies are being written on this machine now. */
  readonly replying: () => boolean;
  /** Makes room: the model that answers is put away until the next reply. */
  readonly makeRoom: () => Promise<void>;
  readonly onMeasured: (modelId: string, measurement: Measurement, undisturbed: boolean) => void;
  /** The run went on (`run`), or what is kept changed too (`reports`). */
  readonly onChange: (what: 'run' | 'reports') => void;
  /** Absent = what device files say. */
  readonly gpus?: typeof presentGpus;
}

const MEASURABLE: readonly Measurable[] = ['cpu', 'cuda', 'vulkan', 'metal'];
/** That a backend works is noted again after so long, ms. */
const NOTE_AGAIN_MS = 3_600_000;
/** A run goes on when nobody was answered for so long, ms: a conversation goes to and fro. */
const QUIET_MS = 1500;

class Stopped extends Error {}

/** A run that somebody waits for. */
interface Going {
  run: BenchRun;
  client: LlamaClient | null;
  clientBackend: Measurable | null;
  stop: boolean;
  /** A reply began during the step that is being done: what it found counts for nothing. */
  disturbed: boolean;
  wake: (() => void) | null;
  workMs: number;
  freeCores: number;
}

/**
 * Measures models in an engine process of its own, one run at a time. Replies come first: when one begins, that process is ended at
 * once, and the step is done again when the machine is quiet.
 */
export function createBench(deps: BenchDeps) {
  const { spawn, records, machine, fingerprint, clock, timers, log, prepare, replying, makeRoom, onChange } = deps;
  const gpus = deps.gpus ?? presentGpus;
  let going: Going | null = null;
  let ended: Promise<BenchReport> | null = null;
  let quietSince = Number.NEGATIVE_INFINITY;
  let disposed = false;
  let good: ReturnType<BenchRecords['lastGood']> = null;

  const change = (more: Partial<BenchRun>): void => {
    if (!going) return;
    going.run = { ...going.run, ...more };
    onChange('run');
  };

  async function endClient(of: Going): Promise<void> {
    const old = of.client;
    of.client = null;
    of.clientBackend = null;
    await old?.dispose();
  }

  async function clientFor(of: Going, backend: Measurable): Promise<LlamaClient> {
    if (of.client && of.clientBackend === backend) return of.client;
    await endClient(of);
    of.clientBackend = backend;
    of.client = createLlamaClient({ spawn, clock, log, backend: () => backend, onMeasured: () => undefined });
    return of.client;
  }

  /** Resolves when nobody is being answered and nobody was a moment ago. */
  async function quiet(of: Going): Promise<void> {
    for (;;) {
      if (of.stop) throw new Stopped();
      const leftMs = replying() ? null : quietSince + QUIET_MS - clock.monotonicMs();
      if (leftMs !== null && leftMs <= 0) return;
      if (of.run.state === 'running') change({ state: 'waiting' });
      await new Promise<void>((resolve) => {
        const takeBack = leftMs === null ? () => undefined : timers.after(leftMs, resolve);
        of.wake = () => {
          takeBack();
          resolve();
        };
      });
      of.wake = null;
    }
  }

  const stepOf =
    (of: Going, backend: Measurable): DoStep =>
    async (step, work) => {
      for (;;) {
        await quiet(of);
        of.disturbed = false;
        const from = clock.monotonicMs();
        change({ state: 'running', step });
        try {
          await makeRoom();
          const found = await work(await clientFor(of, backend));
          if (of.stop) throw new Stopped();
          if (of.disturbed) continue;
          of.workMs += clock.monotonicMs() - from;
          const done = of.run.done + 1;
          change({ done, leftMs: Math.round((of.workMs / done) * Math.max(0, of.run.total - done)) });
          return found;
        } catch (error) {
          if (of.stop) throw new Stopped();
          if (!of.disturbed) throw error;
        }
      }
    };

  async function measureAll(of: Going, spec: ModelSpec, backends: readonly Measurable[]): Promise<BenchReport> {
    let finished: BenchBackend[] = [];
    let complete = true;
    for (const [at, backend] of backends.entries()) {
      let part: BenchBackend | null = null;
      const show = (): void => {
        change({ backends: part ? [...finished, part] : finished });
      };
      try {
        part = await measureBackend({
          backend,
          spec,
          cores: machine.cores,
          monotonicMs: () => clock.monotonicMs(),
          now: () => clock.now(),
          step: stepOf(of, backend),
          onPart: (found) => {
            part = found;
            show();
          },
          onFreeCores: (cores) => void (of.freeCores = Math.min(of.freeCores, cores)),
        });
      } catch (error) {
        complete = false;
        if (error instanceof Stopped) {
          if (part) finished = [...finished, part];
          break;
        }
        part = withProblem(part, backend, error instanceof Error ? error.message : String(error));
      }
      finished = [...finished, part];
      // A backend that ended early leaves its steps undone.
      change({ backends: finished, done: Math.round((of.run.total * (at + 1)) / backends.length) });
    }
    await endClient(of);
    const { modelId, modelName, startedAt } = of.run;
    return {
      id: randomUUID(),
      modelId,
      modelName,
      sizeBytes: spec.sizeBytes,
      machine,
      startedAt,
      finishedAt: clock.now(),
      complete,
      freeCores: of.freeCores,
      backends: finished,
    };
  }

  function keep(report: BenchReport): void {
    if (report.backends.every(({ threads }) => threads.length === 0) && !report.complete) return;
    records.add(report);
    for (const part of report.backends) {
      const measured = part.threads.length > 1 || report.complete ? measurementOf(part, report.finishedAt) : null;
      if (measured) deps.onMeasured(report.modelId, measured, report.freeCores >= machine.cores);
    }
  }

  /** Takes the one place for a run. */
  async function begin(modelId: string, total: number, backend: string): Promise<{ mine: Going; spec: ModelSpec }> {
    if (going) throw refuse(say('model.bench.going', { model: going.run.modelName }), 'conflict');
    const mine: Going = {
      run: {
        modelId,
        modelName: modelId,
        startedAt: clock.now(),
        state: 'running',
        step: { kind: 'start', backend, count: null },
        done: 0,
        total,
        leftMs: null,
        backends: [],
      },
      client: null,
      clientBackend: null,
      stop: false,
      disturbed: false,
      wake: null,
      workMs: 0,
      freeCores: machine.cores,
    };
    going = mine;
    try {
      const { spec, name } = await prepare(modelId);
      change({ modelName: name });
      return { mine, spec };
    } catch (error) {
      going = null;
      onChange('run');
      throw error;
    }
  }

  /** Keeps what a run found and gives its place back. */
  function watch<T>(mine: Going, work: Promise<T>, store: (found: T) => void): void {
    const over = (): void => {
      if (going === mine) going = null;
      if (!disposed) onChange('reports');
    };
    work.then(
      (found) => {
        try {
          if (!disposed) store(found);
        } catch (error) {
          log.write('warn', 'bench.not-saved', { reason: String(error) });
        }
        over();
      },
      (error: unknown) => {
        log.write('warn', 'bench.failed', { reason: String(error) });
        over();
      },
    );
  }

  /** What can be measured here. */
  function choices(): BenchChoice[] {
    const cards = gpus().map(({ gpu, card, installed }) => ({
      backend: gpu,
      problem: installed ? null : say('model.bench.no_binaries', { card }),
    }));
    const wanted = deps.wanted();
    const asked =
      wanted === 'auto' || wanted === 'cpu' || cards.some(({ backend }) => backend === wanted)
        ? []
        : [{ backend: wanted, problem: null }];
    return [{ backend: 'cpu', problem: null }, ...cards, ...asked];
  }

  return {
    choices,
    run: (): BenchRun | null => going?.run ?? null,
    reports: (): BenchReport[] => records.list(),
    removeReport(reportId: string): void {
      records.remove(reportId);
      onChange('reports');
    },
    /** Begins a run; `finished` tells its end. Refused while another goes on, and for a model that cannot be used. */
    async start(modelId: string, wanted: readonly string[]): Promise<void> {
      // One that nobody would look for here may be asked for all the same: that it is missing is a finding.
      const backends = MEASURABLE.filter((backend) => wanted.includes(backend));
      if (backends.length === 0) throw refuse(say('model.bench.choose', { values: MEASURABLE.join(', ') }));
      const { mine, spec } = await begin(modelId, stepsOf(machine.cores) * backends.length, backends[0] ?? 'cpu');
      ended = measureAll(mine, spec, backends);
      watch(mine, ended, keep);
    },
    /** Compares a backend with the processor. Resolves with what was found; refused like `start`, and when it was cancelled. */
    async selfTest(modelId: string, wanted: string): Promise<SelfTest> {
      const backend = MEASURABLE.find((one) => one === wanted && one !== 'cpu');
      if (!backend) throw refuse(say('model.bench.only_cards'));
      const { mine, spec } = await begin(modelId, 2, 'cpu');
      const { modelName } = mine.run;
      const step = (of: Measurable): DoStep => stepOf(mine, of);
      const work = runSelfTest({ backend, spec, modelName, cores: machine.cores, now: () => clock.now(), step })
        .catch((error: unknown): SelfTest => {
          if (error instanceof Stopped) throw refuse(say('model.bench.cancelled'), 'cancelled');
          const detail = error instanceof Error ? error.message : String(error);
          return brokenTest(backend, spec.modelId, modelName, clock.now(), detail);
        })
        .finally(() => endClient(mine));
      watch(mine, work, (test) => {
        records.addTest(fingerprint, test);
        if (!test.passed) return;
        good = { backend, at: test.at };
        records.setLastGood(fingerprint, backend, test.at);
      });
      return work;
    },
    /** A reply was written on this backend: it works. Costs nothing most of the time. */
    noteGood(backend: string): void {
      good ??= records.lastGood(fingerprint);
      if (good?.backend === backend && clock.now() - good.at < NOTE_AGAIN_MS) return;
      good = { backend, at: clock.now() };
      records.setLastGood(fingerprint, backend, good.at);
      onChange('reports');
    },
    backends: (): BackendsState => ({
      wanted: deps.wanted(),
      choices: choices(),
      lastGood: records.lastGood(fingerprint),
      tests: records.tests(fingerprint),
    }),
    /** The report of the run that goes on, or of the last one; null = there was none. A cancelled run has one too. */
    finished: (): Promise<BenchReport> | null => ended,
    /** Ends the run; what was measured is kept. Does nothing when there is none. */
    cancel(): void {
      if (!going || going.stop) return;
      going.stop = true;
      change({ state: 'stopping' });
      going.wake?.();
      void going.client?.dispose();
    },
    /** A reply begins on this machine: the engine that measures is ended at once. */
    replyBegins(): void {
      if (!going) return;
      going.disturbed = true;
      const client = going.client;
      going.client = null;
      change({ state: going.stop ? 'stopping' : 'waiting' });
      void client?.dispose();
    },
    /** No reply is being written any more. */
    repliesEnded(): void {
      quietSince = clock.monotonicMs();
      going?.wake?.();
    },
    async dispose(): Promise<void> {
      disposed = true;
      if (!going) return;
      going.stop = true;
      going.wake?.();
      await endClient(going);
      await ended?.catch(() => undefined);
    },
  };
}
export type Bench = ReturnType<typeof createBench>;

const withProblem = (part: BenchBackend | null, backend: string, problem: string): BenchBackend => ({
  ...(part ?? {
    backend,
    devices: [],
    loadMs: null,
    gpuLayers: 0,
    layers: 0,
    threads: [],
    parallel: [],
    firstToken: null,
  }),
  problem,
});

/** A test that could not be done: the engine ended, or could not load the model there. */
const brokenTest = (backend: string, modelId: string, modelName: string, at: number, problem: string): SelfTest => ({
  backend,
  modelId,
  modelName,
  at,
  devices: [],
  gpuLayers: 0,
  layers: 0,
  passed: false,
  problem,
  agreed: 0,
  places: 0,
  largestDifference: null,
  cpuTokensPerSecond: null,
  tokensPerSecond: null,
});
