import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { decision, span, type Decision, type Span } from '../contract/entities/trace.ts';
import { traceContent, type TraceContent } from '../contract/entities/trace-content.ts';
import { damaged } from './faults.ts';
import { entity } from './row.ts';

// First byte: 0 = plain JSON, 1 = JSON deflated (RFC 1951). A turn's dozen spans shrink to about a fifth.
const PLAIN = 0;
const DEFLATED = 1;
const DEFLATE_FROM_BYTES = 400;
/**
 * A window as large as what is packed finds all there is to find; making the default one costs more than using it. `chunkSize`: what node:zlib
 * works with is kept until the old generation is collected, and with the default of 16 kB each 350 traces had it collected.
 */
const SMALL = { level: 3, memLevel: 5, windowBits: 13, chunkSize: 2048 };
const SMALL_TO_BYTES = 8 * 1024;
const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

/** Decision, spans and words of a trace as one compact value. */
export function packPayload(chosen: Decision | null, spans: readonly Span[], content?: TraceContent): Uint8Array {
  const plain = Buffer.from(JSON.stringify({ decision: chosen, spans, content }), 'utf8');
  if (plain.length < DEFLATE_FROM_BYTES) return Buffer.concat([Buffer.of(PLAIN), plain]);
  return Buffer.concat([
    Buffer.of(DEFLATED),
    deflateRawSync(plain, plain.length <= SMALL_TO_BYTES ? SMALL : { level: 6 }),
  ]);
}

/** The other way round; bytes that are not a payload are damage. */
export function unpackPayload(body: unknown): { decision: Decision | null; spans: Span[]; content?: TraceContent } {
  if (!(body instanceof Uint8Array)) throw damaged('a trace payload is not bytes');
  const value = parse(body);
  const packed = typeof value === 'object' && value !== null ? value : {};
  const content = entity(traceContent.optional(), Reflect.get(packed, 'content'), 'trace_payloads');
  return {
    ...(content === undefined ? {} : { content }),
    decision: entity(decision.nullable(), Reflect.get(packed, 'decision'), 'trace_payloads'),
    spans: entity(span.array(), Reflect.get(packed, 'spans'), 'trace_payloads'),
  };
}

function parse(body: Uint8Array): unknown {
  try {
    const rest = body.subarray(1);
    const plain = body[0] === DEFLATED ? inflateRawSync(rest, { maxOutputLength: MAX_PAYLOAD_BYTES }) : rest;
    return JSON.parse(Buffer.from(plain).toString('utf8'));
  } catch {
    throw damaged('a trace payload does not parse');
  }
}
