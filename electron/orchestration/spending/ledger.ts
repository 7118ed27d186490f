import { writeFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { say } from '../../contract/sentences/index.ts';
import type { CallOutput } from '../../contract/calls.ts';
import type { UsageEntry, UsageSum } from '../../contract/entities/trace.ts';
import { refuse } from '../../contract/faults.ts';
import type { TraceReads } from '../../storage/index.ts';
import { csvCell } from '../../telemetry/otel/trace-files.ts';
import type { Dialogs } from '../data/data.ts';

/** The ledger of what was used and paid. `since` inclusive, `until` exclusive, epoch ms. */
export interface Ledger {
  sums(since: number, until: number): Promise<UsageSum[]>;
  export(since: number, until: number, path: string | undefined): Promise<CallOutput<'usage.export'>>;
}

const COLUMNS = [
  'at',
  'providerId',
  'modelId',
  'tokensIn',
  'tokensCached',
  'tokensOut',
  'costUsd',
  'savedUsd',
  'tokenName',
  'traceId',
  'id',
] as const satisfies readonly (keyof UsageEntry)[];

const csvLine = (entry: UsageEntry): string =>
  COLUMNS.map((column) => csvCell(column === 'at' ? new Date(entry.at).toISOString() : (entry[column] ?? null))).join(
    ',',
  );

export function createLedger(deps: {
  readonly reads: Pick<TraceReads, 'usage' | 'usageSums'>;
  readonly dialogs: Dialogs | null;
}): Ledger {
  const chosen = async (path: string | undefined, since: number): Promise<string | null> => {
    if (path !== undefined) {
      if (!isAbsolute(path)) throw refuse(say('app.file.whole_path', { path }));
      return resolve(path);
    }
    if (!deps.dialogs) throw refuse(say('app.file.name_one'));
    const month = new Date(since);
    const name = `switchyard-usage-${String(month.getFullYear())}-${String(month.getMonth() + 1).padStart(2, '0')}.csv`;
    return deps.dialogs.saveFile({ title: 'Export usage', suggestedName: name });
  };
  return {
    sums: async (since, until) => (await deps.reads.usageSums(since, until)).read(),
    async export(since, until, given) {
      const path = await chosen(given, since);
      if (path === null) return { path, entries: 0 };
      const entries = (await deps.reads.usage(since, until)).read();
      try {
        writeFileSync(path, `${[COLUMNS.join(','), ...entries.map(csvLine)].join('\r\n')}\r\n`, { mode: 0o600 });
      } catch (error) {
        throw refuse(
          say('app.usage.failed', { path, why: error instanceof Error ? error.message : String(error) }),
          'storage_full',
        );
      }
      return { path, entries: entries.length };
    },
  };
}
