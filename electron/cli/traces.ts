import type { TraceRow } from '../contract/entities/trace.ts';
import type { TraceReader } from '../storage/store.ts';
import { columns, localTime, milliseconds } from './columns.ts';
import type { CliContext } from './context.ts';
import type { ExitCode } from './failure.ts';
import { reading } from './store.ts';
import { matches, narrowing, parseTraceFilter } from './trace-filter.ts';
import type { Term } from './trace-filter.ts';
import { traceJson } from '../telemetry/trace-json.ts';
import { parseWhen } from './when.ts';

export interface TracesOptions {
  readonly data: string;
  readonly filter?: string;
  readonly since?: string;
  readonly limit: number;
  readonly json?: boolean;
}

const PAGE = 500;

/** Matching rows, newest first, read page by page. */
export function* findTraces(
  traces: TraceReader,
  terms: readonly Term[],
  since: number | null,
  limit: number,
): Generator<TraceRow> {
  const filter = { ...narrowing(terms), ...(since === null ? {} : { since }) };
  let left = limit;
  for (let before: string | null = null; ;) {
    const page = traces.list(filter, before, PAGE);
    for (const row of page.rows) {
      if (!matches(terms, row)) continue;
      yield row;
      if (--left === 0) return;
    }
    if (page.next === null) return;
    before = page.next;
  }
}

const cells = (row: TraceRow): string[] => [
  localTime(row.startedAt),
  row.faultCode ?? row.status,
  `${row.modelName ?? 'no model'}${row.degraded ? ' (degraded)' : ''}`,
  milliseconds(row.firstTokenMs),
  milliseconds(row.durationMs),
  `${row.tokensIn}+${row.tokensOut}`,
  row.id,
  row.preview.length > 48 ? `${row.preview.slice(0, 47).toWellFormed()}…` : row.preview,
];

/** Lists recorded requests. */
export async function traces(context: CliContext, options: TracesOptions): Promise<ExitCode> {
  const { out } = context;
  const terms = parseTraceFilter(options.filter ?? '');
  const since = options.since === undefined ? null : parseWhen(options.since, context.clock.now());
  await reading(context, options.data, async (store) => {
    const found = findTraces(store.traces, terms, since, options.limit);
    if (options.json === true) {
      for (const row of found) {
        const whole = store.traces.get(row.id);
        if (whole !== null) out.json(traceJson(whole));
        await out.drained();
        if (out.closed) return;
      }
      return;
    }
    const rows = [...found].map(cells);
    if (rows.length === 0) {
      context.err.line('No trace matches.');
      return;
    }
    const head = ['time', 'status', 'model', 'first', 'total', 'tokens', 'trace', 'question'];
    for (const line of columns([head, ...rows])) out.line(line);
  });
  return 0;
}
