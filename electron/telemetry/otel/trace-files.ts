import { trace as traceEntity, type Trace, type TraceRow } from '../../contract/entities/trace.ts';
import { tracesFromOtlp } from './from-otlp.ts';
import { otlpRequest } from './otlp.ts';

/** How traces are written into a file: a request of OTLP a line (its file format), a whole trace a line, or rows of a table. */
export const TRACE_FORMATS = ['otlp', 'jsonl', 'csv'] as const;
export type TraceFormat = (typeof TRACE_FORMATS)[number];

const CSV_COLUMNS = [
  'id',
  'startedAt',
  'durationMs',
  'status',
  'source',
  'private',
  'modelId',
  'modelName',
  'route',
  'degraded',
  'faultCode',
  'faultOrigin',
  'promptVersionId',
  'conversationId',
  'tokensIn',
  'tokensCached',
  'tokensOut',
  'firstTokenMs',
  'tokensPerSecond',
  'costUsd',
  'rating',
  'preview',
] as const satisfies readonly (keyof TraceRow)[];

/** One cell (RFC 4180). A cell that a spreadsheet would calculate begins with an apostrophe instead. */
export function csvCell(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const safe = /^[=+\-@\t\r]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const csvRow = (trace: TraceRow): string =>
  CSV_COLUMNS.map((column) =>
    csvCell(column === 'startedAt' ? new Date(trace.startedAt).toISOString() : trace[column]),
  ).join(',');

/** Lines of a file, the head of a table first. */
export function* traceLines(traces: Iterable<Trace>, format: TraceFormat, version: string): Generator<string> {
  if (format === 'csv') yield CSV_COLUMNS.join(',');
  for (const trace of traces)
    yield format === 'csv' ? csvRow(trace) : JSON.stringify(format === 'otlp' ? otlpRequest([trace], version) : trace);
}

/** Traces of one line that was exported as `otlp` or `jsonl`; none = the line holds no trace of ours. */
export function tracesOfLine(line: string): Trace[] {
  let body: unknown;
  try {
    body = JSON.parse(line);
  } catch {
    return [];
  }
  if (typeof body === 'object' && body !== null && 'resourceSpans' in body) {
    try {
      return tracesFromOtlp(body);
    } catch {
      return [];
    }
  }
  const whole = traceEntity.safeParse(body);
  return whole.success ? [whole.data] : [];
}
