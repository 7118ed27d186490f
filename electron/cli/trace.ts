import type { Span, Trace } from '../contract/entities/trace.ts';
import type { TraceReader } from '../storage/store.ts';
import { columns, localTime, milliseconds } from './columns.ts';
import type { CliContext } from './context.ts';
import { CliFailure, wrongUsage } from './failure.ts';
import type { ExitCode } from './failure.ts';
import type { Output } from './output.ts';
import { reading } from './store.ts';
import { traceJson } from '../telemetry/trace-json.ts';

/** Letters before the first dash. */
const ID_START = 8;

/** The trace of this id, or the only one whose id begins so. */
function findTrace(traces: TraceReader, wanted: string): Trace {
  const id = wanted.length === ID_START ? `${wanted.toLowerCase()}-` : wanted.toLowerCase();
  const whole = traces.get(id);
  if (whole !== null) return whole;
  const { rows } = traces.list({ text: id }, null, 2);
  const [first, second] = rows.filter((row) => row.id.startsWith(id));
  if (first === undefined) throw new CliFailure(`There is no trace ${wanted}: \`traces\` lists those there are.`);
  if (second !== undefined) throw new CliFailure(`More than one trace begins with ${wanted}: write more of its id.`);
  const found = traces.get(first.id);
  if (found === null) throw new CliFailure(`The trace ${wanted} was removed just now.`);
  return found;
}

function depthOf(span: Span, byId: ReadonlyMap<string, Span>): number {
  const parent = span.parentId === null ? undefined : byId.get(span.parentId);
  return parent === undefined ? 0 : depthOf(parent, byId) + 1;
}

/** Why it was not answered as well as it could be; older traces do not say. */
const degradedReasonOf = (trace: Trace): string | null => {
  const reason = trace.spans.find(({ parentId }) => parentId === null)?.attributes['degradedReason'];
  return typeof reason === 'string' ? reason : null;
};

function print(out: Output, trace: Trace): void {
  const facts = [
    ['trace', trace.id],
    ['started', localTime(trace.startedAt)],
    ['status', trace.status],
    ['source', trace.source],
    ['model', trace.modelName === null ? 'none' : `${trace.modelName} (${trace.modelId ?? ''})`],
    ['degraded', trace.degraded ? (degradedReasonOf(trace) ?? 'yes') : 'no'],
    ['tokens', `${trace.tokensIn} in (${trace.tokensCached} reused), ${trace.tokensOut} out`],
    ['first word', milliseconds(trace.firstTokenMs)],
    ['total', milliseconds(trace.durationMs)],
    ['cost', `${trace.costUsd.toFixed(6)} USD`],
    ['question', trace.preview],
  ];
  for (const line of columns(facts)) out.line(line);
  if (trace.decision !== null) {
    out.line('');
    for (const reason of trace.decision.reasons) out.line(`- ${reason}`);
    for (const { modelName, score, rejected } of trace.decision.candidates) {
      out.line(`  ${modelName}: ${rejected ?? `score ${score ?? 0}`}`);
    }
  }
  out.line('');
  const byId = new Map(trace.spans.map((span) => [span.id, span]));
  const steps = trace.spans.map((span) => [
    `${'  '.repeat(depthOf(span, byId))}${span.name}`,
    `at ${milliseconds(span.startMs)}`,
    span.durationMs === null ? 'not ended' : `${span.durationMs.toFixed(2)} ms`,
    span.fault === null ? '' : `${span.fault.code} (${span.fault.origin}): ${span.fault.detail}`,
  ]);
  for (const line of columns(steps)) out.line(line);
}

/** Shows one recorded request, step by step. */
export async function trace(
  context: CliContext,
  id: string,
  options: { readonly data: string; readonly json?: boolean },
): Promise<ExitCode> {
  if (!/^[0-9a-f]{8}(-[0-9a-f-]{0,27})?$/iu.test(id)) {
    throw wrongUsage(`"${id}" is no trace id: take one that \`traces\` lists, or its first eight letters or more.`);
  }
  await reading(context, options.data, (store) => {
    const found = findTrace(store.traces, id);
    if (options.json === true) context.out.json(traceJson(found));
    else print(context.out, found);
  });
  return 0;
}
