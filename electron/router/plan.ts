import type { ModelEntry } from '../contract/entities/model.ts';
import type { Decision } from '../contract/entities/trace.ts';
import type { FaultCode } from '../contract/faults.ts';
import type { DraftPlan, Limits } from '../contract/policy.ts';

/** One model of a ladder. */
export interface PlanStep {
  readonly model: ModelEntry;
  /** Faults of the step before that lead here; null = any that may fall back at all. */
  readonly after: readonly FaultCode[] | null;
  /** Estimated cost of one answer in USD, worst case: prompt at full price and the longest answer. */
  readonly mostUsd: number;
  /** Longest answer that estimate counts with: what a request with a price is limited to, so that it holds. Absent = no limit. */
  readonly maxTokens?: number;
  /** That is shorter than usual, because the budget leaves no more. */
  readonly shortened?: true;
}

/** A decision with the ladder to fall down. Made by `decide`, walked by `execute`. */
export interface RoutePlan {
  readonly decision: Decision;
  /** Models to ask, in order; empty = none left. No model twice. */
  readonly steps: readonly PlanStep[];
  /** Why the first step is not the first choice, one sentence; null when it is. */
  readonly degradedReason: string | null;
  /** Why nobody may answer, and what would allow it, when `steps` is empty. */
  readonly refusal: {
    readonly code: FaultCode;
    readonly detail: string;
    /** How long what keeps the first of the models from answering does so, in ms; absent = that is not over by itself. */
    readonly retryAfterMs?: number;
  } | null;
  /** The first step only writes a draft, checked as this says; null = it simply answers. */
  readonly draft: DraftPlan | null;
  readonly limits: Limits;
}
