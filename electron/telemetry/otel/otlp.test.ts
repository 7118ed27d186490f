import { describe, expect, it } from 'vitest';
import { decodeSpans } from '../../../test/support/otlp-decoder.ts';
import { createChance } from '../../cli/seed/chance.ts';
import { manyTraces } from '../../cli/seed/many-traces.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import { tracesFromOtlp } from './from-otlp.ts';
import { GEN_AI } from './names.ts';
import { otlpRequest, otlpTraceId } from './otlp.ts';
import { encodeOtlp } from './protobuf.ts';
import { csvCell, traceLines, tracesOfLine } from './trace-files.ts';

const NOW = Date.UTC(2026, 4, 9, 12);
const traces = [...manyTraces(200, NOW, createChance(11))].map(({ trace }) => trace);

/** Nulls are not sent, and a row whose steps were not kept has none. */
const withoutNulls = (trace: Trace): Trace => ({
  ...trace,
  spans: trace.spans.map((span) => ({
    ...span,
    attributes: Object.fromEntries(Object.entries(span.attributes).filter(([, value]) => value !== null)),
  })),
});

describe('traces in OpenTelemetry’s protocol', () => {
  it('are read by OpenTelemetry’s own decoder with every parent, time, unit and attribute', () => {
    const request = otlpRequest(traces, '1.2.3');
    const spans = decodeSpans(encodeOtlp(request));
    const sent = request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    expect(spans).toHaveLength(traces.reduce((sum, trace) => sum + trace.spans.length, 0));
    spans.forEach((span, i) => {
      const { attributes, status, events, parentSpanId = '', ...rest } = sent[i] ?? {};
      expect(span).toMatchObject({ ...rest, parentSpanId });
      expect(span.status.code).toBe(status?.code);
      expect(JSON.parse(JSON.stringify(span.attributes))).toEqual(attributes);
      expect(span.events).toHaveLength(events?.length ?? 0);
    });
    for (const trace of traces) {
      const own = spans.filter(({ traceId }) => traceId === otlpTraceId(trace.id));
      const roots = own.filter(({ parentSpanId }) => parentSpanId === '');
      expect(roots).toHaveLength(1);
      expect(Number(BigInt(roots[0]?.startTimeUnixNano ?? 0) / 1000n)).toBe(trace.startedAt * 1000);
      const ids = new Set(own.map(({ spanId }) => spanId));
      expect(ids.size).toBe(trace.spans.length);
      for (const { parentSpanId } of own) if (parentSpanId !== '') expect(ids).toContain(parentSpanId);
    }
  });

  it('name what a model did as the GenAI conventions do, attempts with their tokens', () => {
    const cloud = traces.find(({ route, status }) => route === 'cloud' && status === 'ok');
    const span = otlpRequest(cloud ? [cloud] : [], '1').resourceSpans[0]?.scopeSpans[0]?.spans.find(
      ({ name }) => name === `chat ${cloud?.modelId ?? ''}`,
    );
    const said = new Map(span?.attributes.map(({ key, value }) => [key, value]));
    expect(span?.kind).toBe(3);
    expect(said.get(GEN_AI.operation)).toEqual({ stringValue: 'chat' });
    expect(said.get(GEN_AI.provider)).toEqual({ stringValue: 'acme' });
    expect(said.get(GEN_AI.requestModel)).toEqual({ stringValue: cloud?.modelId });
    expect(said.get(GEN_AI.inputTokens)).toEqual({ intValue: String(cloud?.tokensIn) });
    expect(said.get(GEN_AI.finishReasons)).toEqual({ arrayValue: { values: [{ stringValue: 'stop' }] } });
    expect(said.get('switchyard.costUsd')).toEqual({ doubleValue: cloud?.costUsd });
  });

  it('come back as they were from JSON of either kind, and foreign spans make no trace', () => {
    for (const format of ['otlp', 'jsonl'] as const) {
      const lines = [...traceLines(traces, format, '1')];
      expect(lines.flatMap(tracesOfLine).map(withoutNulls)).toEqual(traces.map(withoutNulls));
    }
    const foreign = {
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  traceId: 'a'.repeat(32),
                  spanId: 'b'.repeat(16),
                  name: 'GET',
                  startTimeUnixNano: '1',
                  endTimeUnixNano: '2',
                },
              ],
            },
          ],
        },
      ],
    };
    expect(tracesFromOtlp(foreign)).toEqual([]);
    expect([tracesOfLine('{"resourceSpans": 7}'), tracesOfLine('not json'), tracesOfLine('{}')]).toEqual([[], [], []]);
  });

  it('are rows of a table that no spreadsheet calculates', () => {
    expect(['=1+1', 'a,b', 'say "hi"', 3, null].map(csvCell)).toEqual(["'=1+1", '"a,b"', '"say ""hi"""', '3', '']);
    const [head, first] = traceLines(traces, 'csv', '1');
    expect(head?.split(',').slice(0, 3)).toEqual(['id', 'startedAt', 'durationMs']);
    expect(first).toContain(new Date(traces[0]?.startedAt ?? 0).toISOString());
  });
});
