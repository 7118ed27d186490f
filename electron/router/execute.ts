import { say } from '../contract/sentences/index.ts';
import type { Clock } from '../base/clock.ts';
import type { Timers } from '../base/timers.ts';
import type { Fault } from '../contract/faults.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import type { ModelEvent, ModelRequest } from '../model/model.ts';
import type { ActiveSpan } from '../telemetry/recorder.ts';
import { NO_USAGE } from './attempt.ts';
import type { AttemptEnd } from './attempt.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { CallDeps } from './call.ts';
import { remedyFor } from './decide/reasons.ts';
import { makeFault } from './fault-table.ts';
import type { GateDeps } from './gate.ts';
import type { RoutePlan } from './plan.ts';
import { createStepRunner } from './run-step.ts';
import type { StepEnd } from './step-end.ts';

/** What the caller of a plan is told and asked. */
export interface ExecuteHooks {
  /**
   * The request for this model, fitted to it; `trims` counts how often it was too long already. null = it can't be made shorter.
   * Nobody may be told anything yet: a model asked on the side may never be heard. Its `stateKey` and `format` are kept.
   */
  request(model: ModelEntry, trims: number): Promise<ModelRequest | null>;
  /** From now on this model is heard; comes after its request was made. `degradedReason` null = it is the first choice. */
  onModel(model: ModelEntry, degradedReason: string | null): void;
  /** Whatever the model says, except its last word. A fault given back stops it: an output check failed. */
  onEvent(model: ModelEntry, event: ModelEvent): Fault | null;
  /** What was said so far is thrown away: nobody could see it. */
  onReset(): void;
}

/** How a plan ended. */
export interface Outcome {
  /** The model that answered, else the last one asked; null when none was. */
  readonly model: ModelEntry | null;
  readonly degradedReason: string | null;
  /** A fault with text shown = the text stays, marked as partial. */
  readonly end: AttemptEnd;
  /** Every call made, in order of their ends. */
  readonly attempts: readonly AttemptRecord[];
  /** Of all calls together. */
  readonly costUsd: number;
  /** What a released draft saved, estimated; 0 = nothing. */
  readonly savedUsd: number;
}

export interface ExecuteDeps extends CallDeps, GateDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** 0 to 1. */
  readonly random: () => number;
}

export interface ExecuteInput {
  readonly plan: RoutePlan;
  /** Attempts become its children. */
  readonly span: ActiveSpan;
  readonly signal: AbortSignal;
  /** Asked again before every call. */
  readonly isPrivate: () => boolean;
  readonly traceId: string;
  /** Token of the local API it came with; absent = none. */
  readonly token?: { readonly name: string; readonly usdPerDay: number | null } | null;
  /** Nothing is passed on before the answer is complete and checked: for askers who get it in one piece. Absent = false. */
  readonly hold?: boolean;
  /** Reasoning is passed on to somebody who cannot take it back. Absent = false. */
  readonly reasoningIsVisible?: boolean;
}

const NOTHING: Omit<AttemptEnd, 'fault'> = { finish: 'fault', usage: NO_USAGE, timings: null, attributes: {} };
const CANCELLED: AttemptEnd = { ...NOTHING, finish: 'cancelled', fault: null };

/**
 * Walks a plan until a model answers. Before anything is visible an attempt may be repeated, hedged or replaced; after it, never: what
 * was shown comes from exactly one attempt. Never throws.
 */
export async function execute(deps: ExecuteDeps, input: ExecuteInput, hooks: ExecuteHooks): Promise<Outcome> {
  const { plan, signal } = input;
  const { steps } = plan;
  const attempts: AttemptRecord[] = [];
  const runner = createStepRunner(deps, input, hooks, attempts);
  let degradedReason = plan.degradedReason;
  /** The last model really asked; why one was not asked says less than why one failed. */
  let asked: StepEnd | null = null;
  let skipped: Extract<StepEnd, { kind: 'skipped' }> | null = null;
  let savedUsd = 0;

  const outcome = async (model: ModelEntry | null, end: AttemptEnd): Promise<Outcome> => {
    await runner.turn.settled();
    const costUsd = attempts.reduce((sum, attempt) => sum + attempt.costUsd, 0);
    return { model, degradedReason, end, attempts, costUsd, savedUsd };
  };

  let at: number | null = steps.length > 0 ? 0 : null;
  while (at !== null) {
    degradedReason = whyNotFirst(plan, asked, skipped) ?? degradedReason;
    const end: StepEnd = await runner.run(at, degradedReason);
    // Why the best model was not asked says more than why nobody drafted for it.
    if (end.kind === 'skipped') skipped = skipped === null || isDraft(plan, skipped) ? end : skipped;
    else {
      asked = end;
      degradedReason = end.degradedReason;
      savedUsd = end.savedUsd;
    }
    if (end.kind === 'over') return outcome(end.model, end.call?.end ?? CANCELLED);
    if (signal.aborted) return outcome(asked?.model ?? null, CANCELLED);
    hooks.onReset();
    at = runner.turn.left() > 0 ? runner.turn.freeAfter(end.at, end.fault.code) : null;
    const escalated = isDraft(plan, end) && end.fault.origin === 'model';
    if (end.kind === 'failed' && end.call)
      runner.turn.note(end.call, at === null ? 'failed' : escalated ? 'escalated' : 'fell back');
  }

  const kept = runner.releaseDraft(whyNotFirst(plan, asked, skipped));
  if (kept) {
    degradedReason = kept.degradedReason;
    return outcome(kept.model, kept.call.end);
  }
  if (asked?.fault && skipped && isDraft(plan, asked)) return outcome(asked.model, noBetter(asked, skipped));
  if (asked?.fault) return outcome(asked.model, asked.call?.end ?? { ...NOTHING, fault: asked.fault });
  if (skipped) return outcome(null, { ...NOTHING, fault: refused(skipped.fault) });
  return outcome(null, { ...NOTHING, fault: nobody(plan.refusal) });
}

/** The plan names nobody. What is over by itself makes another try worth while, whatever else stands in the way. */
function nobody(refusal: RoutePlan['refusal']): Fault {
  if (refusal === null) return makeFault('no_candidate');
  const { code, detail, retryAfterMs } = refusal;
  const fault = makeFault(code, detail);
  return retryAfterMs === undefined ? fault : { ...fault, recoverable: true, retryAfterMs };
}

/** Nobody was asked, for this reason: with what would allow an answer. Budgets and full providers say that themselves. */
function refused(fault: Fault): Fault {
  const { code, retryAfterMs, detail } = fault;
  if (code === 'budget' || (code === 'rate_limit' && retryAfterMs === undefined)) return fault;
  return { ...fault, detail: `${detail} ${remedyFor(code)}` };
}

/** Whether a step only wrote a draft for the next. */
const isDraft = ({ draft }: RoutePlan, { at }: StepEnd): boolean => draft !== null && at === 0;

/** Nobody better could be asked after a draft that nobody is shown, or that never came: both reasons, and what would allow an answer. */
function noBetter(draft: StepEnd, skipped: Extract<StepEnd, { kind: 'skipped' }>): AttemptEnd {
  const end = draft.kind === 'skipped' ? null : draft.call?.end;
  const fault = refused(skipped.fault);
  const code = draft.fault?.code === 'unverified' ? 'said.draft.hidden' : 'said.degraded.failed';
  const words = draft.fault?.detail ?? '';
  const detail = `${say(code, { name: draft.model.name, words })} ${fault.detail}`;
  return { ...(end ?? NOTHING), finish: 'fault', fault: { ...fault, detail } };
}

/**
 * Why the step that comes now is not the one that should answer; null = it is. A draft that was not good enough, or never came, is no
 * degradation, since the better model answers: where that one could not be asked, it is.
 */
function whyNotFirst(
  plan: RoutePlan,
  asked: StepEnd | null,
  skipped: Extract<StepEnd, { kind: 'skipped' }> | null,
): string | null {
  const [failed, passed] = [asked, skipped].map((end) => (end === null || isDraft(plan, end) ? null : end));
  const before = failed?.fault ? failed : passed;
  if (!before?.fault) return null;
  const code = before === passed ? 'said.degraded.not_asked' : 'said.degraded.failed';
  return say(code, { name: before.model.name, words: before.fault.detail }).trim();
}
