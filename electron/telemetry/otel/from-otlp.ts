import { z } from 'zod';
import {
  decision,
  span as spanEntity,
  trace as traceEntity,
  type Attributes,
  type Span,
  type Trace,
} from '../../contract/entities/trace.ts';
import { fault } from '../../contract/faults.ts';
import { SPAN_KINDS } from '../../contract/names.ts';
import { OURS, ROW_FIELDS, SPAN_ATTRIBUTES } from './names.ts';

interface Value {
  stringValue?: string | undefined;
  boolValue?: boolean | undefined;
  intValue?: string | number | undefined;
  doubleValue?: number | undefined;
  arrayValue?: { values?: Value[] | undefined } | undefined;
}
const value: z.ZodType<Value> = z.lazy(() =>
  z.object({
    stringValue: z.string().optional(),
    boolValue: z.boolean().optional(),
    intValue: z.union([z.string(), z.number()]).optional(),
    doubleValue: z.number().optional(),
    arrayValue: z.object({ values: z.array(value).optional() }).optional(),
  }),
);
const attribute = z.object({ key: z.string(), value });
const nanos = z.union([z.string().regex(/^\d{1,20}$/), z.number()]);
const otlpSpan = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/i),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes: z.array(attribute).default([]),
  events: z
    .array(z.object({ timeUnixNano: nanos, name: z.string(), attributes: z.array(attribute).default([]) }))
    .default([]),
  status: z.object({ code: z.number().optional() }).default({}),
});
type OtlpSpan = z.infer<typeof otlpSpan>;
const request = z.object({
  resourceSpans: z.array(
    z.object({ scopeSpans: z.array(z.object({ spans: z.array(otlpSpan).default([]) })).default([]) }),
  ),
});

const plain = (given: Value): Attributes[string] => {
  if (given.stringValue !== undefined) return given.stringValue;
  if (given.boolValue !== undefined) return given.boolValue;
  if (given.intValue !== undefined) return Number(given.intValue);
  if (given.doubleValue !== undefined) return given.doubleValue;
  const items = (given.arrayValue?.values ?? []).map(plain);
  return items.every((item) => typeof item === 'number') ? items : items.map(String);
};
const uuid = (hex: string): string => hex.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
const json = (given: unknown): unknown => {
  try {
    return typeof given === 'string' ? JSON.parse(given) : null;
  } catch {
    return null;
  }
};

/**
 * Traces of an OTLP request in JSON that this program exported, as they were. Spans of other programs are left out: what they do not
 * say cannot be made up. Throws a ZodError when the text is no such request.
 */
export function tracesFromOtlp(body: unknown): Trace[] {
  const byTrace = new Map<string, OtlpSpan[]>();
  for (const { scopeSpans } of request.parse(body).resourceSpans)
    for (const { spans } of scopeSpans)
      for (const span of spans) byTrace.set(span.traceId, [...(byTrace.get(span.traceId) ?? []), span]);
  return [...byTrace.values()].flatMap((spans) => {
    const made = traceOf(spans);
    return made ? [made] : [];
  });
}

/** Milliseconds. */
const between = (from: string | number, to: string | number): number => Number(BigInt(to) - BigInt(from)) / 1e6;

function traceOf(spans: readonly OtlpSpan[]): Trace | null {
  const root = spans.find(({ parentSpanId }) => parentSpanId === undefined || parentSpanId === '');
  if (!root) return null;
  const said = new Map(root.attributes.map(({ key, value: given }) => [key, plain(given)]));
  if (!said.has(`${OURS}trace.status`)) return null;
  const startedAt = Number(said.get(`${OURS}trace.startedAt`));
  if (!Number.isSafeInteger(startedAt)) return null;
  const offset = (at: string | number): number => between(String(BigInt(startedAt) * 1_000_000n), at);
  const ids = new Map(spans.map((span) => [span.spanId, ownId(span)]));
  const kept = said.get(`${OURS}span.id`) !== uuid(root.traceId);
  const row: Record<string, unknown> = { conversationId: said.get('gen_ai.conversation.id') ?? null };
  for (const field of ROW_FIELDS) row[field] = said.get(`${OURS}trace.${field}`) ?? null;
  const found = traceEntity.safeParse({
    ...row,
    id: uuid(root.traceId),
    decision: decision.safeParse(json(said.get(`${OURS}decision`))).data ?? null,
    spans: kept ? spans.map((span) => spanOf(span, ids, offset)) : [],
  });
  return found.success ? found.data : null;
}

const ownId = (span: OtlpSpan): string => {
  const said = span.attributes.find(({ key }) => key === `${OURS}span.id`);
  return said?.value.stringValue ?? span.spanId;
};

function spanOf(from: OtlpSpan, ids: ReadonlyMap<string, string>, offset: (at: string | number) => number): Span {
  const attributes: Attributes = {};
  const said = new Map(from.attributes.map(({ key, value: given }) => [key, plain(given)]));
  for (const [key, given] of said) {
    const known = SPAN_ATTRIBUTES.find(({ theirs }) => theirs === key);
    if (known) attributes[known.ours] = known.list && Array.isArray(given) ? (given[0] ?? null) : given;
    else if (key.startsWith(OURS) && !/^switchyard\.(?:span\.|trace\.|fault$|decision$)/.test(key))
      attributes[key.slice(OURS.length)] = given;
  }
  const startMs = offset(from.startTimeUnixNano);
  const kind = SPAN_KINDS.find((each) => each === said.get(`${OURS}span.kind`)) ?? 'attempt';
  const parent = from.parentSpanId === undefined || from.parentSpanId === '' ? null : from.parentSpanId;
  return spanEntity.parse({
    id: ownId(from),
    parentId: parent === null ? null : (ids.get(parent) ?? parent),
    kind,
    name: said.get(`${OURS}span.name`) ?? from.name,
    startMs,
    durationMs: said.get(`${OURS}span.running`) === true ? null : between(from.startTimeUnixNano, from.endTimeUnixNano),
    status: from.status.code === 2 ? 'error' : 'ok',
    fault: fault.safeParse(json(said.get(`${OURS}fault`))).data ?? null,
    attributes,
    events: from.events.map((event) => ({
      name: event.name,
      atMs: offset(event.timeUnixNano),
      attributes: Object.fromEntries(
        event.attributes.map(({ key, value: given }) => [
          key.startsWith(OURS) ? key.slice(OURS.length) : key,
          plain(given),
        ]),
      ),
    })),
  });
}
