import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../../electron/base/clock.ts';
import { silentLog } from '../../electron/base/log.ts';
import type { Measurement } from '../../electron/contract/entities/model.ts';
import { createLlamaClient } from '../../native/llama/client.ts';
import type { ModelSpec } from '../../native/llama/client.ts';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import { threadCandidates } from '../../native/llama/threads.ts';
import { RANDOM_190_MB, writeRandomGguf } from '../support/random-gguf.ts';
import { openDirect, wordTokens } from './engine-direct.ts';
import { median, rounded } from './statistics.ts';

/** One calibration and what each thread count really does beside it. */
export interface Calibrated {
  readonly chosenThreads: number;
  /** Speed of the chosen count over that of the best; the bar is 0.95. */
  readonly overBest: number;
  /** How long calibrating took; the bar is 10,000. */
  readonly calibrateMs: number;
  readonly tokensPerSecond: Readonly<Record<string, number>>;
}
export interface CalibrationBench {
  readonly idle: Calibrated;
  /** With another process that keeps one core busy. */
  readonly loaded: Calibrated;
  /** A reply under way when the load appears: its speed 5 s later over the best any count reaches then; the bar is 0.8. */
  readonly recovery: number;
}

const ROUNDS = 3;
const TOKENS = 40;
/** A count whose steps take seconds is not measured for longer than this. */
const LIMIT_MS = 2500;
const RECOVER_MS = 5000;
/** Room for what the reply of `recovery` has said when its speed is measured: direct is measured behind as much. */
const CONTEXT = 4096;

/** A process that keeps one core busy. */
function startLoad(): () => void {
  const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  return () => void child.kill('SIGKILL');
}

export async function benchCalibration(): Promise<CalibrationBench> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const path = join(folder, 'random.gguf');
  const shape = { ...RANDOM_190_MB, endless: true };
  let measured: Measurement | null = null;
  const client = createLlamaClient({
    spawn: createNodeSpawn(),
    clock: systemClock,
    log: silentLog,
    backend: () => 'cpu',
    onMeasured: (_, measurement) => void (measured = measurement),
  });
  const stops: (() => void)[] = [];
  try {
    await writeRandomGguf(path, shape);
    const { size: sizeBytes } = await stat(path);
    const spec = (measurement: Measurement | null): ModelSpec => ({ modelId: 'random', path, sizeBytes, measurement });
    const counts = threadCandidates(availableParallelism());
    const direct = await Promise.all(counts.map((threads) => openDirect(path, threads, CONTEXT)));

    /** Tokens a second of every count behind so many tokens, measured in turn. */
    const truth = async (behind = 16): Promise<Map<number, number>> => {
      const speeds = new Map<number, number[]>(counts.map((threads) => [threads, []]));
      for (let round = 0; round < ROUNDS; round++) {
        for (const [at, one] of direct.entries()) {
          const run = await one.decode(wordTokens(one.model, behind), TOKENS, LIMIT_MS);
          speeds.get(counts[at] ?? 0)?.push((run.tokens * 1000) / Math.max(1, run.ms));
        }
      }
      return new Map([...speeds].map(([threads, all]) => [threads, median(all)]));
    };
    const calibrated = async (): Promise<Calibrated> => {
      const from = performance.now();
      await client.calibrate(spec(null), 5000);
      const calibrateMs = performance.now() - from;
      const speeds = await truth();
      const chosen: number = (measured as Measurement | null)?.decodeThreads ?? 0;
      const best = Math.max(...speeds.values());
      return {
        chosenThreads: chosen,
        overBest: rounded((speeds.get(chosen) ?? 0) / best, 3),
        calibrateMs: Math.round(calibrateMs),
        tokensPerSecond: Object.fromEntries([...speeds].map(([threads, speed]) => [threads, rounded(speed, 1)])),
      };
    };

    const idle = await calibrated();
    const idleMeasurement = measured;
    stops.push(startLoad());
    const loaded = await calibrated();
    stops.pop()?.();

    // A reply with all cores in use when the load appears: what was measured idle says that they are the best.
    await client.unload();
    const wide = { ...(idleMeasurement as unknown as Measurement), decodeThreads: availableParallelism() };
    const controller = new AbortController();
    const request = { model: spec(wide), messages: [{ role: 'user' as const, text: 'rain' }], stateKey: null };
    const arrivals: number[] = [];
    let loadAt = Infinity;
    for await (const event of client.generate(
      { ...request, sampling: { temperature: 0, maxTokens: 3500 } },
      controller.signal,
    )) {
      if (event.kind !== 'delta') continue;
      const now = performance.now();
      for (let token = 0; token < event.tokens; token++) arrivals.push(now);
      if (loadAt === Infinity && arrivals.length > 60) {
        stops.push(startLoad());
        loadAt = now;
      }
      if (now > loadAt + RECOVER_MS + 2000) controller.abort();
    }
    const after = arrivals.filter((at) => at > loadAt + RECOVER_MS);
    const lastAt = after.at(-1) ?? Infinity;
    const recovered = (after.length * 1000) / Math.max(1, lastAt - (loadAt + RECOVER_MS));
    // Attention costs more the longer the text: the best is what direct does behind as much of it, beside the same load.
    const behind = Math.min(CONTEXT - TOKENS - 1, arrivals.length - Math.round(after.length / 2));
    const bestUnderLoad = Math.max(...(await truth(behind)).values());
    stops.pop()?.();
    await Promise.all(direct.map((one) => one.dispose()));
    return { idle, loaded, recovery: rounded(recovered / bestUnderLoad, 3) };
  } finally {
    for (const stop of stops) stop();
    await client.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdout.write(`${JSON.stringify(await benchCalibration(), null, 2)}\n`);
}
