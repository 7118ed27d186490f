import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TRACE_SOURCES } from '../contract/names.ts';
import { columns, localTime } from './columns.ts';
import type { CliContext } from './context.ts';
import { openCore } from './core.ts';
import { CliFailure, sentenceOf } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { needData } from './store.ts';
import { parseWhen } from './when.ts';

export interface ReplayOptions {
  readonly data: string;
  /** A file, or the name of a policy. */
  readonly policy: string;
  readonly since?: string;
  /** Only turns that came this way: app, api, cli or lab. */
  readonly source?: (typeof TRACE_SOURCES)[number];
  readonly limit: number;
  readonly json?: boolean;
}

const dollars = (usd: number | null): string => (usd === null ? 'no price' : `$${usd.toFixed(4)}`);

/** Decides recorded requests again under another policy. Asks no model and changes nothing. */
export async function replay(context: CliContext, options: ReplayOptions): Promise<ExitCode> {
  needData(options.data);
  const since = options.since === undefined ? undefined : parseWhen(options.since, context.clock.now());
  const core = await openCore(context, { dataDir: options.data, source: 'cli', lock: false });
  try {
    const path = resolve(options.policy);
    let text: string;
    try {
      text = existsSync(path) ? readFileSync(path, 'utf8') : core.policies.get(options.policy).text;
    } catch (error) {
      throw new CliFailure(`There is no policy file ${path}, and no policy of that name: ${sentenceOf(error)}`);
    }
    const result = core.policies.dryRun(text, { since, source: options.source, limit: options.limit });
    if (options.json === true) {
      context.out.json(result);
      return 0;
    }
    const rows = result.rows.map((row) => [
      localTime(row.startedAt),
      row.source,
      row.wasName ?? 'no model',
      row.was === row.wouldBe ? 'the same' : (row.wouldBeName ?? 'no model'),
      dollars(row.wasCostUsd),
      dollars(row.wouldCostUsd),
      row.reason,
    ]);
    if (rows.length === 0) context.err.line('No recorded decision is that new.');
    else
      for (const line of columns([['time', 'from', 'was', 'would be', 'cost', 'would cost', 'why'], ...rows]))
        context.out.line(line);
    context.out.line(
      `${String(result.changed)} of ${String(rows.length)} would change; ${dollars(result.wasUsd)} would be ${dollars(result.wouldUsd)}${result.unpriced === 0 ? '' : ` and ${String(result.unpriced)} without a price`}.`,
    );
    return 0;
  } finally {
    await core.dispose();
  }
}
