import type { Attributes, Span, Trace } from '../../../electron/contract/entities/trace.ts';
import type { Fault } from '../../../electron/contract/faults.ts';

/** What a call was made for. */
export const ROLES = ['answer', 'draft', 'hedge', 'check', 'summary'] as const;
export type Role = (typeof ROLES)[number];

/** What was done about a call once it had ended. */
export const ACTIONS = [
  'answered',
  'retried',
  'fell back',
  'waited',
  'trimmed',
  'escalated',
  'failed',
  'kept',
  'dropped',
] as const;
export type Action = (typeof ACTIONS)[number];

/** What was found of a draft. */
export interface DraftCheck {
  readonly passed: boolean;
  /** Why it was not good enough, as the core says it; null = it was. */
  readonly reason: string | null;
  /** Mean probability of its words, 0 to 1; null = its model does not say. */
  readonly confidence: number | null;
}

/** One call to a model, as its span recorded it. Absent figures are null; older traces recorded fewer. */
export interface Attempt {
  readonly spanId: string;
  /** From 1, in the order they began. */
  readonly number: number;
  readonly modelId: string | null;
  readonly modelName: string;
  readonly role: Role;
  readonly action: Action;
  readonly fault: Fault | null;
  /** What the checks said of a draft; null = it is no draft, or they did not come to it. */
  readonly check: DraftCheck | null;
  /** Waited before it began: a place at the provider, or its pace. */
  readonly waitedMs: number | null;
  /** Waited after it before the next. */
  readonly waitMs: number | null;
  readonly firstTokenMs: number | null;
  readonly durationMs: number | null;
  readonly tokensIn: number | null;
  readonly tokensOut: number | null;
  readonly costUsd: number | null;
}

/** A model of the ladder that was passed over without being asked. */
export interface Skipped {
  readonly modelId: string;
  readonly modelName: string;
  readonly detail: string;
}

const number = (attributes: Attributes, name: string): number | null => {
  const value = attributes[name];
  return typeof value === 'number' ? value : null;
};
const string = (attributes: Attributes, name: string): string | null => {
  const value = attributes[name];
  return typeof value === 'string' ? value : null;
};

/** Names of models as the decision knew them. */
export const nameOf = (trace: Trace, modelId: string | null, otherwise: string): string =>
  trace.decision?.candidates.find((candidate) => candidate.modelId === modelId)?.modelName ??
  (modelId === trace.modelId ? trace.modelName : null) ??
  otherwise;

/** The check of the draft that a model wrote. */
const checkOf = (trace: Trace, modelId: string | null): DraftCheck | null => {
  const found = trace.spans.findLast(
    ({ kind, attributes }) =>
      kind === 'check' && attributes['modelId'] === modelId && typeof attributes['passed'] === 'boolean',
  )?.attributes;
  return found === undefined
    ? null
    : {
        passed: found['passed'] === true,
        reason: string(found, 'reason'),
        confidence: number(found, 'confidence'),
      };
};

const actionOf = (span: Span): Action =>
  ACTIONS.find((action) => action === span.attributes['action']) ?? (span.fault === null ? 'answered' : 'failed');

/** Every call to a model, in the order they began. */
export const attemptsOf = (trace: Trace): readonly Attempt[] => {
  const summaries = new Set(trace.spans.filter(({ attributes }) => attributes['summary'] === true).map(({ id }) => id));
  return trace.spans
    .filter((span) => span.kind === 'attempt')
    .sort((a, b) => a.startMs - b.startMs)
    .map((span, at) => {
      const { attributes } = span;
      const modelId = string(attributes, 'modelId');
      return {
        spanId: span.id,
        // Calls for a summary count from 1 by themselves.
        number: (summaries.size > 0 ? null : number(attributes, 'number')) ?? at + 1,
        modelId,
        modelName: nameOf(trace, modelId, span.name.replace(/^Attempt \d+: /, '')),
        role: summaries.has(span.parentId ?? '')
          ? 'summary'
          : (ROLES.find((role) => role === attributes['role']) ?? 'answer'),
        action: actionOf(span),
        fault: span.fault,
        check: attributes['role'] === 'draft' ? checkOf(trace, modelId) : null,
        waitedMs: number(attributes, 'waitedMs'),
        waitMs: number(attributes, 'waitMs'),
        firstTokenMs: number(attributes, 'firstTokenMs'),
        durationMs: span.durationMs,
        tokensIn: number(attributes, 'tokensIn'),
        tokensOut: number(attributes, 'tokensOut'),
        costUsd: number(attributes, 'costUsd'),
      };
    });
};

/** Whether a draft was doubted and a better model answered: the check did what it is for, and nobody is left with a doubt. */
export const isEscalated = (trace: Trace): boolean =>
  trace.status === 'ok' &&
  trace.faultCode === null &&
  attemptsOf(trace).some(({ action, modelId }) => action === 'escalated' && modelId !== trace.modelId);

/** Models of the ladder that were passed over when their turn came. */
export const skippedOf = (trace: Trace): readonly Skipped[] =>
  trace.spans
    .flatMap((span) => span.events)
    .filter((event) => event.name === 'model skipped')
    .map(({ attributes }) => {
      const modelId = string(attributes, 'modelId') ?? '';
      return { modelId, modelName: nameOf(trace, modelId, modelId), detail: string(attributes, 'detail') ?? '' };
    });

/** Whether the calls say more than that one model was asked and answered. */
export const isWorthTelling = (attempts: readonly Attempt[], skipped: readonly Skipped[]): boolean =>
  attempts.length > 1 ||
  skipped.length > 0 ||
  attempts.some((attempt) => attempt.fault !== null || attempt.role !== 'answer');

/** What cache, draft or a model of this machine saved, in USD; 0 = nothing, or not known. */
export const savedUsdOf = (trace: Trace): number =>
  trace.spans.reduce((most, span) => Math.max(most, number(span.attributes, 'savedUsd') ?? 0), 0);

/** Why an answer was not as good as it could be; null = it was, or the trace is older than these words. */
export const degradedReasonOf = (trace: Trace): string | null => {
  const root = trace.spans.find(({ parentId }) => parentId === null);
  return trace.degraded && root ? string(root.attributes, 'degradedReason') : null;
};

/** Where the work of a step was done: its attempt's model says so. null = it is no model's work. */
export const routeOfSpan = (trace: Trace, span: Span): 'local' | 'cloud' | null => {
  const byId = new Map(trace.spans.map((each) => [each.id, each]));
  const seen = new Set<string>();
  for (let at: Span | undefined = span; at !== undefined && !seen.has(at.id);) {
    seen.add(at.id);
    const modelId = at.kind === 'attempt' ? string(at.attributes, 'modelId') : null;
    if (modelId !== null) return modelId.startsWith('local/') ? 'local' : 'cloud';
    at = at.parentId === null ? undefined : byId.get(at.parentId);
  }
  return null;
};
