import type { Attributes, Span, Trace } from '../../contract/entities/trace.ts';
import { GEN_AI, OURS, providerName, ROW_FIELDS, SPAN_ATTRIBUTES } from './names.ts';

/** A value of OTLP, as its JSON writes it: 64-bit integers are text (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). */
export type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } };
export interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}
export interface OtlpSpan {
  /** 32 and 16 hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  /** Absent = the first span. */
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  /** Nanoseconds since 1970, as text. */
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly events: readonly {
    readonly timeUnixNano: string;
    readonly name: string;
    readonly attributes: readonly OtlpAttribute[];
  }[];
  /** 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message?: string };
}
/** One request to a collector. */
export interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string; readonly version: string };
      readonly spans: readonly OtlpSpan[];
    }[];
  }[];
}

const SPAN_ID_DIGITS = 16;

/** Our ids are UUIDs: a trace's is 16 bytes already, of a span's the random end is kept. */
export const otlpTraceId = (id: string): string => id.replaceAll('-', '').toLowerCase();
const otlpSpanId = (id: string): string => id.replaceAll('-', '').toLowerCase().slice(-SPAN_ID_DIGITS);

const NANOS = 1_000_000n;
/** Epoch ms and an offset with fractions, as nanoseconds; whole microseconds are exact. */
const nanos = (epochMs: number, offsetMs: number): string =>
  String(BigInt(Math.round(epochMs)) * NANOS + BigInt(Math.round(offsetMs * 1000)) * 1000n);

function valueOf(value: Attributes[string]): OtlpValue | null {
  if (value === null) return null;
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((item) => valueOf(item)).filter((item) => item !== null) } };
}

const attribute = (key: string, value: Attributes[string]): OtlpAttribute[] => {
  const made = valueOf(value);
  return made === null ? [] : [{ key, value: made }];
};

function attributesOf(attributes: Attributes): OtlpAttribute[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    const known = SPAN_ATTRIBUTES.find(({ ours }) => ours === name);
    if (!known) return attribute(`${OURS}${name}`, value);
    return attribute(known.theirs, known.list && typeof value === 'string' ? [value] : value);
  });
}

/** What else an attempt or the whole request says by the conventions. */
function genAi(span: Span, trace: Trace): OtlpAttribute[] {
  if (span.kind !== 'attempt' && span.parentId !== null) return [];
  const own = span.attributes['modelId'];
  const modelId = typeof own === 'string' ? own : trace.modelId;
  return [
    ...attribute(GEN_AI.operation, 'chat'),
    ...attribute(GEN_AI.provider, providerName(modelId)),
    ...attribute(GEN_AI.responseModel, span.parentId === null ? trace.modelId : modelId),
    ...(span.parentId === null ? attribute(GEN_AI.conversation, trace.conversationId) : []),
  ];
}

function rowAttributes(trace: Trace): OtlpAttribute[] {
  return [
    ...ROW_FIELDS.flatMap((field) => attribute(`${OURS}trace.${field}`, trace[field])),
    ...(trace.decision ? attribute(`${OURS}decision`, JSON.stringify(trace.decision)) : []),
  ];
}

function otlpSpan(span: Span, trace: Trace): OtlpSpan {
  const cloud = span.kind === 'attempt' && !String(span.attributes['modelId']).startsWith('local/');
  const endMs = span.startMs + (span.durationMs ?? 0);
  const isRoot = span.parentId === null;
  return {
    traceId: otlpTraceId(trace.id),
    spanId: otlpSpanId(span.id),
    ...(span.parentId === null ? {} : { parentSpanId: otlpSpanId(span.parentId) }),
    name: span.kind === 'attempt' ? `chat ${String(span.attributes['modelId'] ?? '')}`.trim() : span.name,
    kind: isRoot && trace.source === 'api' ? 2 : cloud ? 3 : 1,
    startTimeUnixNano: nanos(trace.startedAt, span.startMs),
    endTimeUnixNano: nanos(trace.startedAt, endMs),
    attributes: [
      ...attributesOf(span.attributes),
      ...genAi(span, trace),
      ...attribute(`${OURS}span.id`, span.id),
      ...attribute(`${OURS}span.kind`, span.kind),
      ...attribute(`${OURS}span.name`, span.name),
      ...attribute(`${OURS}span.running`, span.durationMs === null ? true : null),
      ...(span.fault
        ? [...attribute(GEN_AI.errorType, span.fault.code), ...attribute(`${OURS}fault`, JSON.stringify(span.fault))]
        : []),
      ...(isRoot ? rowAttributes(trace) : []),
    ],
    events: span.events.map((event) => ({
      timeUnixNano: nanos(trace.startedAt, event.atMs),
      name: event.name,
      attributes: Object.entries(event.attributes).flatMap(([name, value]) => attribute(`${OURS}${name}`, value)),
    })),
    status:
      span.status === 'error'
        ? { code: 2, message: span.fault?.detail ?? '' }
        : { code: span.durationMs === null ? 0 : 1 },
  };
}

/** Traces as one request of OTLP. A trace whose steps were not kept is one span. */
export function otlpRequest(traces: readonly Trace[], version: string): OtlpRequest {
  return {
    resourceSpans: [
      {
        resource: {
          attributes: [...attribute('service.name', 'switchyard'), ...attribute('service.version', version)],
        },
        scopeSpans: [
          {
            scope: { name: 'switchyard', version },
            spans: traces.flatMap((trace) => spansOf(trace).map((span) => otlpSpan(span, trace))),
          },
        ],
      },
    ],
  };
}

function spansOf(trace: Trace): readonly Span[] {
  if (trace.spans.length > 0) return trace.spans;
  return [
    {
      id: trace.id,
      parentId: null,
      kind: 'turn',
      name: 'Turn',
      startMs: 0,
      durationMs: trace.durationMs,
      status: trace.status === 'failed' ? 'error' : 'ok',
      fault: null,
      attributes: {},
      events: [],
    },
  ];
}
