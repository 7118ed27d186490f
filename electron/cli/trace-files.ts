import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Trace } from '../contract/entities/trace.ts';
import { TRACE_FORMATS, traceLines, tracesOfLine, type TraceFormat } from '../telemetry/otel/trace-files.ts';
import type { CliContext } from './context.ts';
import { CliFailure, wrongUsage } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { reading, writing } from './store.ts';
import { parseTraceFilter } from './trace-filter.ts';
import { findTraces } from './traces.ts';
import { parseWhen } from './when.ts';

/** Traces stored in one transaction when they are read from a file. */
const AT_ONCE = 100;

interface ExportTracesOptions {
  readonly data: string;
  readonly format: string;
  readonly filter?: string;
  readonly since?: string;
  readonly includePrivate?: boolean;
}

/** Writes traces, newest first, into a file; private ones only when told to. */
export async function exportTraces(context: CliContext, file: string, options: ExportTracesOptions): Promise<ExitCode> {
  const format = TRACE_FORMATS.find((each) => each === options.format);
  if (format === undefined)
    throw wrongUsage(`There is no format "${options.format}": use one of ${TRACE_FORMATS.join(', ')}.`);
  const terms = parseTraceFilter(options.filter ?? '');
  const since = options.since === undefined ? null : parseWhen(options.since, context.clock.now());
  let count = 0;
  let left = 0;
  await reading(context, options.data, async (store) => {
    function* whole(): Generator<Trace> {
      for (const row of findTraces(store.traces, terms, since, Number.MAX_SAFE_INTEGER)) {
        if (row.private && options.includePrivate !== true) {
          left++;
          continue;
        }
        const trace = store.traces.get(row.id);
        if (trace === null) continue;
        count++;
        yield trace;
      }
    }
    await write(file, traceLines(whole(), format satisfies TraceFormat, context.version));
  });
  context.out.line(
    `Exported ${count} ${count === 1 ? 'trace' : 'traces'} to ${file}.${left > 0 ? ` Left out ${left} that are private.` : ''}`,
  );
  return 0;
}

async function write(file: string, lines: Iterable<string>): Promise<void> {
  const stream = createWriteStream(file, { mode: 0o600 });
  try {
    for (const line of lines) if (!stream.write(`${line}\n`)) await once(stream, 'drain');
    stream.end();
    await once(stream, 'finish');
  } catch (error) {
    stream.destroy();
    throw new CliFailure(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Reads traces that were exported as otlp or jsonl; those known already are left alone. */
export async function importTraces(
  context: CliContext,
  file: string,
  options: { readonly data: string },
): Promise<ExitCode> {
  let count = 0;
  let left = 0;
  await writing(context, options.data, 'import', async (store) => {
    let batch: { trace: Trace; usages: [] }[] = [];
    const flush = (): void => {
      store.traces.saveAll(batch);
      count += batch.length;
      batch = [];
    };
    const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
    for await (const line of lines) {
      if (line.trim() === '') continue;
      const found = tracesOfLine(line).filter(({ id }) => store.traces.get(id) === null);
      if (found.length === 0) left++;
      // A conversation or rating of another folder is not here.
      for (const trace of found) batch.push({ trace, usages: [] });
      if (batch.length >= AT_ONCE) flush();
    }
    flush();
    while (store.traces.roll(AT_ONCE) === AT_ONCE);
  });
  context.out.line(`Imported ${count} traces, left out ${left} lines (known already or not readable).`);
  if (count === 0 && left === 0) throw new CliFailure(`There is no trace in ${file}.`);
  return 0;
}
