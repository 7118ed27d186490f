import { say } from '../../contract/sentences/index.ts';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { CallOutput } from '../../contract/calls.ts';
import type { BenchReport, SelfTest } from '../../contract/entities/bench.ts';
import { refuse } from '../../contract/faults.ts';
import { benchCsv } from '../../model/index.ts';
import type { Bench } from '../../model/index.ts';
import type { Announce } from '../announce.ts';
import type { Dialogs } from '../data/data.ts';
import type { Models } from '../models-door.ts';

export interface BenchRoomDeps {
  /** Without a bench there are no models of this machine. */
  readonly models: Pick<Models, 'bench' | 'onBench'>;
  readonly announce: Announce;
  readonly dialogs: Dialogs | null;
  readonly clock: Pick<Clock, 'now'>;
}

/** Measuring as a person asks for it, and what it found as files. */
export function createBenchRoom({ models, announce, dialogs, clock }: BenchRoomDeps) {
  const { bench } = models;
  const takeBack = models.onBench?.((what) => {
    announce.topics(what === 'run' ? ['bench'] : ['bench', 'bench-reports']);
  });
  const must = (): Bench => {
    if (!bench) throw refuse(say('model.bench.nothing'), 'no_candidate');
    return bench;
  };
  const reports = (): BenchReport[] => bench?.reports() ?? [];

  return {
    state: (): CallOutput<'bench.state'> => ({ run: bench?.run() ?? null, choices: bench?.choices() ?? [] }),
    reports,
    start: (modelId: string, backends: readonly string[]): Promise<void> => must().start(modelId, backends),
    backends: (): CallOutput<'bench.backends'> =>
      bench?.backends() ?? { wanted: 'cpu', choices: [], lastGood: null, tests: [] },
    selfTest: (modelId: string, backend: string): Promise<SelfTest> => must().selfTest(modelId, backend),
    cancel: (): void => must().cancel(),
    remove: (reportId: string): void => must().removeReport(reportId),
    /** Writes one report to a file, whole or not at all. */
    async export(reportId: string, format: 'json' | 'csv', given?: string): Promise<{ path: string | null }> {
      const report = reports().find(({ id }) => id === reportId);
      if (!report) throw refuse(say('model.bench.gone'), 'not_found');
      if (given !== undefined && !isAbsolute(given)) throw refuse(say('app.file.whole_path', { path: given }));
      if (given === undefined && !dialogs) throw refuse(say('app.file.name_one'));
      const day = new Date(clock.now()).toISOString().slice(0, 10);
      const suggestedName = `switchyard-bench-${day}.${format}`;
      const chosen = given ?? (await dialogs?.saveFile({ title: 'Export', suggestedName })) ?? null;
      if (chosen === null) return { path: null };
      const path = resolve(chosen);
      const temporary = `${path}.${String(process.pid)}.tmp`;
      try {
        writeFileSync(temporary, format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : benchCsv(report));
        renameSync(temporary, path);
      } catch (error) {
        rmSync(temporary, { force: true });
        const words = error instanceof Error ? error.message : String(error);
        throw refuse(say('app.export.failed', { path, why: words }), 'storage_full');
      }
      return { path };
    },
    dispose: (): void => takeBack?.(),
  };
}
export type BenchRoom = ReturnType<typeof createBenchRoom>;
