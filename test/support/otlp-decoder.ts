import { createRequire } from 'node:module';
import { z } from 'zod';

// OpenTelemetry's own generated decoder. Later versions of the package only write; its types do not say what it holds.
interface Decoder {
  readonly decode: (bytes: Uint8Array) => unknown;
  readonly toObject: (message: unknown, options: object) => unknown;
}
const root: unknown = createRequire(import.meta.url)('@opentelemetry/otlp-transformer/build/src/generated/root.js');
const path = ['opentelemetry', 'proto', 'collector', 'trace', 'v1', 'ExportTraceServiceRequest'];
const decoder = path.reduce(
  (value, name) => Object(Reflect.get(Object(value), name)) as object,
  Object(root) as object,
) as Decoder;

const hex = z.string().transform((text) => Buffer.from(text, 'base64').toString('hex'));
const attributes = z.array(z.object({ key: z.string(), value: z.unknown() })).default([]);
const request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: hex,
              spanId: hex,
              /** '' = the first span. */
              parentSpanId: hex.default(''),
              name: z.string(),
              kind: z.number(),
              startTimeUnixNano: z.string(),
              endTimeUnixNano: z.string(),
              status: z.object({ code: z.number().default(0) }).default({ code: 0 }),
              attributes,
              events: z.array(z.object({ name: z.string(), timeUnixNano: z.string(), attributes })).default([]),
            }),
          ),
        }),
      ),
    }),
  ),
});
export type DecodedSpan = z.infer<typeof request>['resourceSpans'][number]['scopeSpans'][number]['spans'][number];

/** Spans of an OTLP request in protobuf: ids as hexadecimal digits, 64-bit numbers as text. */
export function decodeSpans(bytes: Uint8Array): DecodedSpan[] {
  const message = decoder.toObject(decoder.decode(bytes), { longs: String, bytes: String });
  return request.parse(message).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
