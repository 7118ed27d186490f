import type { Fault, FaultCode } from '../contract/faults.ts';
import type { Limits } from '../contract/policy.ts';
import { FAULT_TABLE } from './fault-table.ts';
import { unreachable } from './offline.ts';
import type { PlanStep } from './plan.ts';

/** How often one request may be shortened. */
export const MOST_TRIMS = 3;
/** Mean waits before retries start here, in ms: the longest wait doubles with each, up to the longest of all. */
const BACKOFF_MS = 250;
const NETWORK_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 8000;

/** Faults another model never gets a try after. */
const NEVER_FALL: ReadonlySet<FaultCode> = new Set(['cancelled', 'internal', 'storage_full', 'storage_corrupt']);
/** Another provider may see these otherwise: only where the policy allows to ask one. */
const DECLINED: ReadonlySet<FaultCode> = new Set(['content_filter', 'refused']);

/** The next step that answers to a fault; null = none does. Steps whose `after` leaves it out are stepped over. */
export function nextStep(
  steps: readonly PlanStep[],
  from: number,
  code: FaultCode,
  limits: Pick<Limits, 'refusalFallback'>,
): number | null {
  if (NEVER_FALL.has(code) || (DECLINED.has(code) && !limits.refusalFallback)) return null;
  // What nobody else would do better goes on only where a step names it.
  const named = FAULT_TABLE[code].action === 'fail' && !DECLINED.has(code);
  for (let at = from + 1; at < steps.length; at++) {
    const after = steps[at]?.after ?? null;
    if (after === null ? !named : after.includes(code)) return at;
  }
  return null;
}

/** What is known when an attempt failed with nothing visible. */
export interface MoveInput {
  readonly fault: Fault;
  readonly limits: Limits;
  /** Retries of this step so far, and those for this very fault. */
  readonly retries: number;
  readonly sameRetries: number;
  readonly trims: number;
  /** Calls the turn still has. */
  readonly attemptsLeft: number;
  /** Of the turn's time, in ms. */
  readonly elapsedMs: number;
  readonly hasNext: boolean;
  /** The engine of this app: nobody to be gentle with. */
  readonly local: boolean;
  /** 0 to 1. */
  readonly random: () => number;
}

export type Move =
  { readonly kind: 'retry'; readonly delayMs: number } | { readonly kind: 'trim' } | { readonly kind: 'next' };

const NEXT: Move = { kind: 'next' };

/**
 * What to do after a fault, for as long as nothing is visible. Waits are full jitter, `random * min(cap, base * 2^n)`: AWS Architecture Blog,
 * "Exponential Backoff And Jitter". A time the other side named is kept to, or not waited for at all.
 */
export function moveAfter(input: MoveInput): Move {
  const { fault, limits, local } = input;
  const rule = FAULT_TABLE[fault.code];
  if (rule.action === 'trim') return input.trims < MOST_TRIMS && input.attemptsLeft > 0 ? { kind: 'trim' } : NEXT;
  const may =
    fault.recoverable && input.attemptsLeft > 0 && input.retries < limits.retries && input.sameRetries < rule.retries;
  if (!may) return NEXT;
  const asked = fault.retryAfterMs;
  if (rule.action === 'wait' && (asked === undefined || fault.code === 'not_ready') && input.hasNext) return NEXT;
  if (unreachable(fault) && input.hasNext) return NEXT;
  const delayMs = delayOf(input, asked);
  const within = (asked ?? delayMs) <= limits.maxWaitMs && (local || input.elapsedMs + delayMs < limits.totalMs);
  return within ? { kind: 'retry', delayMs } : NEXT;
}

function delayOf({ fault, limits, retries, local, random }: MoveInput, asked: number | undefined): number {
  // A little later than asked, so that not everybody comes at once.
  if (asked !== undefined) return asked + random() * Math.min(100, asked / 10);
  if (local || FAULT_TABLE[fault.code].origin === 'model' || fault.code === 'truncated') return 0;
  const base = fault.code === 'network' ? NETWORK_BACKOFF_MS : BACKOFF_MS;
  return Math.min(random() * Math.min(LONGEST_BACKOFF_MS, base * 2 ** retries), limits.maxWaitMs);
}
