import type { OtlpAttribute, OtlpRequest, OtlpSpan, OtlpValue } from './otlp.ts';

/**
 * OTLP in protobuf's wire format (https://protobuf.dev/programming-guides/encoding/). Field numbers: opentelemetry-proto 1.8,
 * common/v1, resource/v1 and trace/v1.
 */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

type Part = Uint8Array;
const text = (value: string): Part => Buffer.from(value, 'utf8');

function varint(value: bigint): Part {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

const tag = (field: number, wire: number): Part => varint(BigInt(field * 8 + wire));
const join = (parts: readonly Part[]): Part => Buffer.concat(parts);
const bytes = (field: number, value: Part): Part => join([tag(field, BYTES), varint(BigInt(value.length)), value]);
const number = (field: number, value: bigint): Part => join([tag(field, VARINT), varint(value)]);

function fixed64(field: number, nanos: string): Part {
  const value = Buffer.alloc(8);
  value.writeBigUInt64LE(BigInt(nanos));
  return join([tag(field, FIXED64), value]);
}

function anyValue(value: OtlpValue): Part {
  if ('stringValue' in value) return bytes(1, text(value.stringValue));
  if ('boolValue' in value) return number(2, value.boolValue ? 1n : 0n);
  if ('intValue' in value) return number(3, BigInt(value.intValue));
  if ('doubleValue' in value) {
    const double = Buffer.alloc(8);
    double.writeDoubleLE(value.doubleValue);
    return join([tag(4, FIXED64), double]);
  }
  return bytes(5, join(value.arrayValue.values.map((item) => bytes(1, anyValue(item)))));
}

const keyValue = ({ key, value }: OtlpAttribute): Part => join([bytes(1, text(key)), bytes(2, anyValue(value))]);
const keyValues = (field: number, all: readonly OtlpAttribute[]): Part =>
  join(all.map((each) => bytes(field, keyValue(each))));

/** The span is sampled: the W3C flag, with bits 8 and 9 for "the parent is known to be of this process". */
const SAMPLED = 0x101;

function spanBytes(span: OtlpSpan): Part {
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(SAMPLED);
  return join([
    bytes(1, Buffer.from(span.traceId, 'hex')),
    bytes(2, Buffer.from(span.spanId, 'hex')),
    ...(span.parentSpanId === undefined ? [] : [bytes(4, Buffer.from(span.parentSpanId, 'hex'))]),
    bytes(5, text(span.name)),
    number(6, BigInt(span.kind)),
    fixed64(7, span.startTimeUnixNano),
    fixed64(8, span.endTimeUnixNano),
    keyValues(9, span.attributes),
    ...span.events.map(({ timeUnixNano, name, attributes }) =>
      bytes(11, join([fixed64(1, timeUnixNano), bytes(2, text(name)), keyValues(3, attributes)])),
    ),
    bytes(
      15,
      join([
        ...(span.status.message === undefined ? [] : [bytes(2, text(span.status.message))]),
        number(3, BigInt(span.status.code)),
      ]),
    ),
    join([tag(16, FIXED32), flags]),
  ]);
}

/** An `ExportTraceServiceRequest` as bytes. */
export function encodeOtlp({ resourceSpans }: OtlpRequest): Uint8Array {
  return join(
    resourceSpans.map(({ resource, scopeSpans }) =>
      bytes(
        1,
        join([
          bytes(1, keyValues(1, resource.attributes)),
          ...scopeSpans.map(({ scope, spans }) =>
            bytes(
              2,
              join([
                bytes(1, join([bytes(1, text(scope.name)), bytes(2, text(scope.version))])),
                ...spans.map((span) => bytes(2, spanBytes(span))),
              ]),
            ),
          ),
        ]),
      ),
    ),
  );
}
