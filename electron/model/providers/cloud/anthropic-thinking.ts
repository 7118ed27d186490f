import { REASONING_BUDGETS } from '../../../contract/names.ts';
import type { ReasoningEffort } from '../../../contract/names.ts';
import type { ModelRequest } from '../../model.ts';
import type { CallThoughts } from './call-thoughts.ts';

/** The least that is taken. */
const LEAST_BUDGET = REASONING_BUDGETS.minimal;

/** How the library is told to think: by the effort, which it translates for each model, or by a budget. null = it is told nothing. */
export type Thinking = { readonly effort: ReasoningEffort } | { readonly budgetTokens: number } | null;

export const isForcedCall = ({ toolChoice }: Pick<ModelRequest, 'toolChoice'>): boolean =>
  toolChoice !== undefined && toolChoice !== 'auto' && toolChoice !== 'none';

/** Thinking goes with neither a forced call nor JSON by way of one. */
const isForced = (request: ModelRequest): boolean => request.format !== undefined || isForcedCall(request);

/** What is asked for first. */
export function thinkingOf(request: ModelRequest): Thinking {
  const effort = request.sampling.reasoningEffort;
  return effort === undefined || isForced(request) ? null : { effort };
}

/**
 * For a model that wants a budget: within the answer's own limit, since that is what money is held by. null = it cannot think: too short an
 * answer, or calls since the last question whose thoughts nobody has, which it would refuse.
 */
export function budgetOf(
  { messages, sampling }: Pick<ModelRequest, 'messages' | 'sampling'>,
  maxTokens: number | undefined,
  thoughts: ReadonlyMap<number, CallThoughts>,
): number | null {
  const { reasoningEffort } = sampling;
  if (reasoningEffort === undefined || reasoningEffort === 'none') return null;
  const question = messages.findLastIndex(({ role }) => role === 'user');
  const isForgotten = messages.some(
    ({ toolCalls = [] }, at) => at > question && toolCalls.length > 0 && (thoughts.get(at)?.details.length ?? 0) === 0,
  );
  const budget = Math.min(REASONING_BUDGETS[reasoningEffort], Math.floor((maxTokens ?? Infinity) / 2));
  return isForgotten || budget < LEAST_BUDGET ? null : budget;
}

/** Whether a written request wants a budget where only an effort was given. */
export function wantsBudget(body: string): boolean {
  const { thinking } = JSON.parse(body) as { thinking?: { type?: unknown } };
  return thinking?.type === 'enabled';
}
