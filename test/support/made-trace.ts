import { makeFault } from '../../electron/contract/fault-facts.ts';
import type { Attributes, Candidate, Span, Trace } from '../../electron/contract/entities/trace.ts';
import type { FaultCode } from '../../electron/contract/faults.ts';
import { makeTraceRow } from '../flow/storage-rows.ts';

/** A step of a trace, in which only what a test is about is said; `traceOf` makes the trace around such steps. */
export const span = (facts: Partial<Span> & Pick<Span, 'id' | 'kind' | 'startMs'>): Span => ({
  parentId: 'root',
  name: facts.kind,
  durationMs: 100,
  status: facts.fault ? 'error' : 'ok',
  fault: null,
  attributes: {},
  events: [],
  ...facts,
});
export const attempt = (number: number, modelId: string, attributes: Attributes = {}, code?: FaultCode): Span =>
  span({
    id: `a${String(number)}`,
    kind: 'attempt',
    name: `Attempt ${String(number)}: ${modelId}`,
    startMs: number * 100,
    fault: code === undefined ? null : makeFault(code, undefined, modelId),
    attributes: { modelId, number, ...attributes },
  });
export const candidate = (modelId: string, rejected: string | null = null): Candidate => ({
  modelId,
  modelName: modelId.toUpperCase(),
  score: rejected === null ? 0.5 : null,
  parts: {},
  rejected,
});
export const traceOf = (spans: readonly Span[], facts: Partial<Trace> = {}): Trace => ({
  ...makeTraceRow('t', {
    startedAt: 0,
    durationMs: 1000,
    status: 'ok',
    modelId: 'local/small',
    modelName: 'LOCAL/SMALL',
    route: 'local',
    degraded: true,
  }),
  decision: {
    policy: 'balanced',
    chosen: 'acme/big',
    reasons: [],
    candidates: [candidate('acme/big'), candidate('local/small'), candidate('acme/eye', 'It cannot see.')],
    features: {},
  },
  ...facts,
  spans: [span({ id: 'root', kind: 'turn', startMs: 0, parentId: null }), ...spans],
});
