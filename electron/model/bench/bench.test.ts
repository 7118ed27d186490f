import { describe, expect, it } from 'vitest';
import { createScriptedEngine } from '../../../test/support/scripted-engine.ts';
import type { ScriptedEngineOptions } from '../../../test/support/scripted-engine.ts';
import { createVirtualTime } from '../../../test/support/virtual-time.ts';
import { silentLog } from '../../base/log.ts';
import type { BenchReport, SelfTest } from '../../contract/entities/bench.ts';
import type { Measurement } from '../../contract/entities/model.ts';
import type { Backend } from '../../../native/llama/client.ts';
import { createBench } from './bench.ts';
import { benchCsv } from './csv.ts';
import { compareProbes } from './self-test.ts';

const SPEC = { modelId: 'local/m', path: '/m.gguf', sizeBytes: 1000, measurement: null };
/** Two threads read better, one writes better; more replies at once make more tokens. */
const FIGURES: NonNullable<ScriptedEngineOptions['bench']> = (wish) =>
  wish.kind === 'threads'
    ? { prefill: wish.threads * 100, decode: 50 / wish.threads }
    : wish.kind === 'replies'
      ? { prefill: 0, decode: wish.replies * 10 + wish.threads }
      : { prefill: wish.follow ? 0.52 : 0.5, decode: wish.follow ? 40 : 20 };

function setUp(options: ScriptedEngineOptions = {}, wanted: Backend = 'auto') {
  const time = createVirtualTime();
  const engine = createScriptedEngine({ sequences: 8, bench: FIGURES, ...options });
  const reports: BenchReport[] = [];
  const tests: SelfTest[] = [];
  let good: { backend: string; at: number } | null = null;
  const measured: [Measurement, boolean][] = [];
  const changes: string[] = [];
  const state = { replying: false, madeRoom: 0 };
  const bench = createBench({
    spawn: engine.spawn,
    fingerprint: 'this machine',
    records: {
      list: () => reports,
      add: (report) => void reports.unshift(report),
      tests: () => tests,
      addTest: (_machine, test) => void tests.unshift(test),
      lastGood: () => good,
      setLastGood: (_machine, backend, at) => void (good = { backend, at }),
      remove: (id) => void reports.splice(reports.findIndex((one) => one.id === id)),
    },
    machine: { processor: 'Test, "fast"', cores: 2, memoryBytes: 1e9, platform: 'linux x64' },
    clock: time.clock,
    timers: time.timers,
    log: silentLog,
    wanted: () => wanted,
    prepare: (modelId) =>
      modelId === SPEC.modelId
        ? Promise.resolve({ spec: SPEC, name: 'M' })
        : Promise.reject(new Error('There is no such model.')),
    replying: () => state.replying,
    makeRoom: () => Promise.resolve(void state.madeRoom++),
    onMeasured: (_id, found, undisturbed) => void measured.push([found, undisturbed]),
    onChange: (what) => void changes.push(what),
    gpus: () => [{ gpu: 'vulkan', card: 'a graphics card', installed: false }],
  });
  const until = async (done: () => boolean): Promise<void> => {
    for (let turns = 0; !done(); turns++) {
      if (turns > 5000) throw new Error('It never happened.');
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { bench, engine, reports, measured, changes, state, time, until };
}

describe('a measurement of a model', () => {
  it('finds the speed of every thread count and of 1, 2, 4 and 8 replies, and the first token', async () => {
    const { bench, reports } = setUp();
    await bench.start('local/m', ['cpu']);
    const report = await bench.finished();
    expect(report).toEqual(reports[0]);
    expect(report).toMatchObject({ modelName: 'M', complete: true, freeCores: 2 });
    expect(report?.backends).toMatchObject([
      {
        backend: 'cpu',
        problem: null,
        threads: [
          { threads: 1, prefillTokensPerSecond: 100, decodeTokensPerSecond: 50 },
          { threads: 2, prefillTokensPerSecond: 200, decodeTokensPerSecond: 25 },
        ],
        parallel: [1, 2, 4, 8].map((replies) => ({ replies, threads: 2, tokensPerSecond: replies * 10 + 2 })),
        firstToken: { coldMs: expect.any(Number) as number, warmMs: expect.any(Number) as number },
      },
    ]);
    expect(bench.run()).toBeNull();
  });

  it('tells the router the best thread counts for reading and for writing', async () => {
    const { bench, measured, time } = setUp();
    await bench.start('local/m', ['cpu']);
    await bench.finished();
    const expected = {
      backend: 'cpu',
      decodeThreads: 1,
      prefillThreads: 2,
      decodeTokensPerSecond: 50,
      prefillTokensPerSecond: 200,
      measuredAt: time.clock.now(),
    };
    expect(measured).toEqual([[expected, true]]);
  });

  it('waits while a reply is written, and a moment longer', async () => {
    const { bench, engine, state, time, until } = setUp();
    state.replying = true;
    await bench.start('local/m', ['cpu']);
    await until(() => bench.run()?.state === 'waiting');
    expect(engine.spawned()).toBe(0);
    state.replying = false;
    bench.repliesEnded();
    await time.pass(1000);
    expect(engine.spawned()).toBe(0);
    await time.pass(1000);
    expect((await bench.finished())?.complete).toBe(true);
  });

  it('ends its engine at once when a reply begins, and does that step again afterwards', async () => {
    let hung = 0;
    const { bench, engine, state, time, until } = setUp({
      bench: (wish, index) => (index === 1 && ++hung === 1 ? null : FIGURES(wish, index)),
    });
    await bench.start('local/m', ['cpu']);
    await until(() => hung === 1);
    state.replying = true;
    bench.replyBegins();
    await until(() => engine.alive() === 0);
    expect(bench.run()).toMatchObject({ state: 'waiting', step: { kind: 'threads', count: 2 } });
    state.replying = false;
    bench.repliesEnded();
    await time.pass(2000);
    const report = await bench.finished();
    expect(report?.complete).toBe(true);
    expect(report?.backends[0]?.threads.map(({ threads }) => threads)).toEqual([1, 2]);
    expect(engine.spawned()).toBe(2);
  });

  it('keeps what was measured when it is cancelled', async () => {
    const { bench, engine, reports, until } = setUp({
      bench: (wish, index) => (index === 1 ? null : FIGURES(wish, index)),
    });
    await bench.start('local/m', ['cpu']);
    await until(() => bench.run()?.backends[0]?.threads.length === 1 && bench.run()?.step.count === 2);
    bench.cancel();
    const report = await bench.finished();
    expect(report).toMatchObject({ complete: false, backends: [{ threads: [{ threads: 1 }], firstToken: null }] });
    expect(reports).toHaveLength(1);
    await until(() => engine.alive() === 0 && bench.run() === null);
  });

  it('says so when what was asked for fell to the processor, and measures nothing in its name', async () => {
    const { bench } = setUp({ warning: 'Vulkan was asked for but no Vulkan device was found.' }, 'vulkan');
    await bench.start('local/m', ['vulkan']);
    expect((await bench.finished())?.backends).toMatchObject([
      { backend: 'vulkan', problem: 'Vulkan was asked for but no Vulkan device was found.', threads: [] },
    ]);
  });

  it('is refused while another goes on, for a model that is not there, and for no way to compute', async () => {
    const { bench } = setUp();
    await bench.start('local/m', ['cpu']);
    await expect(bench.start('local/m', ['cpu'])).rejects.toThrow('M is being measured');
    await bench.finished();
    await expect(bench.start('local/other', ['cpu'])).rejects.toThrow('There is no such model.');
    await expect(bench.start('local/m', ['abacus'])).rejects.toThrow('Choose at least one');
    expect(bench.run()).toBeNull();
  });

  it('offers the processor, and says why a card that is there cannot be measured', () => {
    const { bench } = setUp();
    expect(bench.choices()).toMatchObject([
      { backend: 'cpu', problem: null },
      { backend: 'vulkan', problem: expect.stringContaining('not installed') as string },
    ]);
  });

  it('makes room for every step, because the model that answers may have been loaded again', async () => {
    const { bench, state } = setUp();
    await bench.start('local/m', ['cpu']);
    await bench.finished();
    expect(state.madeRoom).toBe(8);
  });
});

describe('the self-test of a graphics card', () => {
  it('passes where it holds the same for likely as the processor, and makes it the last good one', async () => {
    const { bench, engine, time } = setUp({ backend: 'vulkan' }, 'vulkan');
    const test = await bench.selfTest('local/m', 'vulkan');
    expect(test).toMatchObject({ passed: true, problem: null, agreed: 32, places: 32, gpuLayers: 33 });
    expect(test.largestDifference).toBeCloseTo(0.02);
    expect([test.cpuTokensPerSecond, test.tokensPerSecond]).toEqual([20, 40]);
    expect(engine.starts.map(({ backend }) => backend)).toEqual(['cpu', 'vulkan']);
    expect(bench.backends()).toMatchObject({
      wanted: 'vulkan',
      lastGood: { backend: 'vulkan', at: time.clock.now() },
      tests: [{ backend: 'vulkan' }],
    });
    expect(bench.run()).toBeNull();
  });

  it('does not pass where probabilities are far off, and the last good one stays', async () => {
    const { bench } = setUp({
      backend: 'vulkan',
      bench: (wish) => ({ prefill: wish.kind === 'probe' && wish.follow ? 0.9 : 0.5, decode: 1 }),
    });
    bench.noteGood('cpu');
    const test = await bench.selfTest('local/m', 'vulkan');
    expect(test).toMatchObject({ passed: false, problem: expect.stringContaining('other results') as string });
    expect(bench.backends().lastGood?.backend).toBe('cpu');
  });

  it('says aloud that it fell to the processor', async () => {
    const { bench } = setUp({ warning: 'Vulkan was asked for but no Vulkan device was found.' });
    expect(await bench.selfTest('local/m', 'vulkan')).toMatchObject({
      passed: false,
      problem: 'Vulkan was asked for but no Vulkan device was found.',
    });
  });

  it('does not pass when the engine ends in it, is refused for the processor and while something is measured', async () => {
    const { bench, engine, until } = setUp({ bench: () => null });
    const test = bench.selfTest('local/m', 'vulkan');
    await until(() => engine.alive() === 1 && bench.run()?.step.kind === 'self-test');
    await expect(bench.selfTest('local/m', 'vulkan')).rejects.toThrow('being measured');
    engine.killAll();
    expect(await test).toMatchObject({ passed: false, problem: expect.stringContaining('engine process') as string });
    await expect(bench.selfTest('local/m', 'cpu')).rejects.toThrow('Only a graphics card');
  });
});

describe('two probes of one text', () => {
  const probe = (tokens: number[], probabilities: (number | null)[]) => ({ tokens, probabilities });
  it('agree within rounding, and do not with a wrong word too many or a number that is none', () => {
    const ours = probe([1, 2, 3, 4, 5], [0.9, 0.8, 0.7, 0.6, 0.5]);
    expect(compareProbes(ours, probe([1, 2, 3, 4, 9], [0.9, 0.8, 0.7, 0.6, 0.49]))).toMatchObject({
      passed: true,
      agreed: 4,
    });
    expect(compareProbes(ours, probe([1, 2, 3, 8, 9], [0.9, 0.8, 0.7, 0.6, 0.5])).passed).toBe(false);
    expect(compareProbes(ours, probe([1, 2, 3, 4, 5], [0.9, 0.8, 0.7, 0.6, 0.39])).passed).toBe(false);
    expect(compareProbes(ours, probe([1, 2, 3, 4, 5], [0.9, 0.8, 0.7, 0.6, null])).passed).toBe(false);
    expect(compareProbes(ours, probe([1, 2], [0.9, 0.8])).passed).toBe(false);
    expect(compareProbes(probe([], []), probe([], [])).passed).toBe(false);
  });
});

describe('a report as a table', () => {
  it('has one figure a line, quotes what needs it, and no formula a spreadsheet would run', async () => {
    const { bench } = setUp();
    await bench.start('local/m', ['cpu']);
    const report = await bench.finished();
    if (!report) throw new Error('There is one.');
    const lines = benchCsv({ ...report, modelId: '=HYPERLINK("x")' })
      .trimEnd()
      .split('\r\n');
    expect(lines).toHaveLength(1 + 1 + 2 * 2 + 4 + 2);
    expect(lines[0]).toMatch(/^finished_at,model,processor,cores/u);
    expect(lines[1]).toContain(`,"'=HYPERLINK(""x"")","Test, ""fast""",2,`);
    expect(lines.filter((line) => line.includes(',decode,1,1,,50,tokens/s'))).toHaveLength(1);
  });
});
