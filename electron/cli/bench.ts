import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILT_IN_POLICIES, STARTER_MODEL_ID } from '../contract/names.ts';
import { columns } from './columns.ts';
import type { CliContext } from './context.ts';
import { openCore } from './core.ts';
import { CliFailure } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { loadBuiltInPolicies } from '../router/index.ts';
import { rowsOf, runBench } from './bench/run-bench.ts';
import { measureRouter } from './bench/router.ts';
import { measureTurns } from './bench/turns.ts';
import { reading } from './store.ts';

export interface BenchOptions {
  readonly data: string;
  readonly model?: string;
  readonly json?: boolean;
  /** Ways to compute, separated by commas; absent = the processor and the cards found. */
  readonly backends?: string;
}

/** Where the file of an installed model lies; null = the starter model, which every core has. */
async function fileOf(context: CliContext, dataDir: string, modelId: string): Promise<string | null> {
  if (modelId === STARTER_MODEL_ID) return null;
  const core = await reading(context, dataDir, () => openCore(context, { dataDir, source: 'cli', lock: false }));
  try {
    const path = core.models.list().find(({ id }) => id === modelId)?.path ?? null;
    if (path === null)
      throw new CliFailure(`There is no model ${modelId} in ${dataDir}: \`doctor\` lists those there are.`);
    return path;
  } finally {
    await core.dispose();
  }
}

function builtInsOf(resourcesDir: string) {
  const builtIns = loadBuiltInPolicies(resourcesDir);
  return BUILT_IN_POLICIES.map((name) => builtIns.find(name) ?? builtIns.usual());
}

/** Measures this machine through the real engine, on a data folder of its own. */
export async function bench(context: CliContext, options: BenchOptions): Promise<ExitCode> {
  const wanted = options.model ?? STARTER_MODEL_ID;
  const path = await fileOf(context, options.data, wanted);
  const scratch = mkdtempSync(join(tmpdir(), 'switchyard-bench-'));
  try {
    const core = await openCore(context, { dataDir: scratch, source: 'cli', what: 'bench' });
    try {
      const modelId = path === null ? wanted : (await core.models.import(path)).id;
      const report = await runBench(core, modelId, context, options);
      const { measurement } = core.models.list().find(({ id }) => id === modelId) ?? { measurement: null };
      const turns = await measureTurns(core, modelId, context);
      const router = measureRouter(core.models.list(), builtInsOf(context.resourcesDir), context.clock);
      const result = {
        machine: report.machine,
        model: modelId,
        threads: measurement,
        report,
        turns,
        router,
      };
      if (options.json === true) context.out.json(result);
      else {
        const rows = [
          ['model', modelId],
          ['backend', measurement?.backend ?? 'unknown'],
          ['threads', `${measurement?.decodeThreads ?? '?'} to write, ${measurement?.prefillThreads ?? '?'} to read`],
          ['reads', `${Math.round(measurement?.prefillTokensPerSecond ?? 0)} tokens/s`],
          [
            'writes',
            `${Math.round(measurement?.decodeTokensPerSecond ?? 0)} tokens/s, ${Math.round(turns.tokensPerSecond.p50)} in a chat`,
          ],
          ...report.backends.flatMap(rowsOf),
          ['first word', `${turns.firstTokenMs.p50.toFixed(1)} ms (p95 ${turns.firstTokenMs.p95.toFixed(1)} ms)`],
          ['app per turn', `${turns.overheadMs.p50.toFixed(2)} ms (p99 ${turns.overheadMs.p99.toFixed(2)} ms)`],
          [
            'router',
            `${router.decideMs.p50.toFixed(3)} ms (p99 ${router.decideMs.p99.toFixed(3)} ms) among ${router.candidates} models`,
          ],
        ];
        for (const line of columns(rows)) context.out.line(line);
      }
      return 0;
    } finally {
      await core.dispose();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
