import type { Diagnosis } from '../../../../electron/contract/entities/diagnosis.ts';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import type { TraceQuery } from '../filters.ts';

/** Words for the button that leads to all traces with the same trouble. */
export type AlikeKey = 'alike' | 'alikeSlow' | 'alikeCostly' | 'alikeRated' | 'alikeDegraded';

/** The list of traces with the same trouble; null when there is none to speak of. */
export const alikeOf = (
  trace: Trace,
  about: Diagnosis['about'],
): { readonly key: AlikeKey; readonly query: TraceQuery } | null => {
  switch (about) {
    case 'fault':
      return trace.faultCode === null ? null : { key: 'alike', query: { fault: trace.faultCode } };
    case 'detour':
      return trace.degraded ? { key: 'alikeDegraded', query: { degraded: true } } : null;
    case 'slow':
    case 'loading':
      return trace.durationMs === null
        ? null
        : { key: 'alikeSlow', query: { slowerThan: roundedDown(trace.durationMs) } };
    case 'costly':
      return trace.costUsd > 0 ? { key: 'alikeCostly', query: { dearerThan: roundedDown(trace.costUsd) } } : null;
    case 'low-rated':
      return { key: 'alikeRated', query: { rating: 'down' } };
    case 'stopped':
    case 'nothing':
      return null;
  }
};

/** What a turn of this model usually is: those that came to their end, of the last 30 days. */
export const usualOf = (trace: Trace): TraceQuery =>
  trace.modelId === null ? { status: 'ok', time: 'month' } : { status: 'ok', model: trace.modelId, time: 'month' };

/** To one leading digit, so that the trace itself and those about as bad are found: 7,324 becomes 7,000. */
export const roundedDown = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(value));
  return Number((Math.floor(value / power + 1e-9) * power).toPrecision(1));
};
