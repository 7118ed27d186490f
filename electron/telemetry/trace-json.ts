import type { Trace } from '../contract/entities/trace.ts';

/** A whole trace as scripts get it: attempts and usage picked out, spans as they are. */
export const traceJson = (trace: Trace) => ({
  ...trace,
  usage: { tokensIn: trace.tokensIn, tokensCached: trace.tokensCached, tokensOut: trace.tokensOut },
  attempts: trace.spans
    .filter((span) => span.kind === 'attempt')
    .map((span) => ({
      modelId: typeof span.attributes['modelId'] === 'string' ? span.attributes['modelId'] : null,
      startMs: span.startMs,
      durationMs: span.durationMs,
      faultCode: span.fault?.code ?? null,
      faultOrigin: span.fault?.origin ?? null,
      fault: span.fault,
    })),
});
