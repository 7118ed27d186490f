import type { Clock } from '../base/clock.ts';
import type { Timers } from '../base/timers.ts';
import type { Fault } from '../contract/faults.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import type { ModelEvent, ModelProvider, ModelRequest } from '../model/model.ts';
import type { ActiveSpan } from '../telemetry/recorder.ts';
import { attempt } from './attempt.ts';
import { createAttemptSpans } from './attempt-spans.ts';
import type { AttemptEnd, Deadlines } from './attempt.ts';
import type { Breaker } from './breaker.ts';
import type { RoutePlan } from './plan.ts';
import { FAULT_TABLE, makeFault } from './fault-table.ts';

/** Attempts of one turn, all steps together. */
const MOST_ATTEMPTS = 6;
/** How often one request may be shortened. */
const MOST_TRIMS = 3;

/** What the caller of a plan is told and asked. */
export interface ExecuteHooks {
  /** The request for this model; `trims` counts how often it was too long already. null = it can't be made shorter. */
  request(model: ModelEntry, trims: number): Promise<ModelRequest | null>;
  /** A model is asked. `degradedReason` null = it is the first choice. */
  onModel(model: ModelEntry, degradedReason: string | null): void;
  /** Whatever the model says, except its last word. A fault given back stops it: an output check failed. */
  onEvent(model: ModelEntry, event: ModelEvent): Fault | null;
  /** Invisible text of a failed attempt is thrown away. */
  onReset(): void;
}

/** How a plan ended. */
export interface Outcome {
  /** The last model asked; null when none was. */
  readonly model: ModelEntry | null;
  readonly degradedReason: string | null;
  readonly end: AttemptEnd;
  readonly attempts: number;
}

const NOTHING: Omit<AttemptEnd, 'fault'> = {
  finish: 'fault',
  usage: { tokensIn: 0, tokensCached: 0, tokensOut: 0 },
  timings: null,
  attributes: {},
};

export interface ExecuteDeps {
  readonly provider: ModelProvider;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly breaker: Breaker;
}

/** Falls down the ladder until a model answers. Nothing is retried or replaced once text is visible. Never throws. */
export async function execute(
  deps: ExecuteDeps,
  input: {
    readonly plan: RoutePlan;
    readonly span: ActiveSpan;
    readonly deadlines: Deadlines;
    readonly signal: AbortSignal;
  },
  hooks: ExecuteHooks,
): Promise<Outcome> {
  const { plan, signal } = input;
  let attempts = 0;
  let degradedReason = plan.degradedReason;
  let last: Outcome | null = null;

  for (const [step, { model }] of plan.steps.entries()) {
    let retried = false;
    let trims = 0;
    if (step > 0) degradedReason = failedWords(last);
    hooks.onModel(model, degradedReason);
    while (attempts < MOST_ATTEMPTS) {
      const request = await hooks.request(model, trims);
      if (request === null) {
        const tooLong = makeFault('context_length', undefined, model.id);
        last = { model, degradedReason, end: { ...NOTHING, fault: tooLong }, attempts };
        break;
      }
      attempts++;
      const { end, visible } = await once(deps, input, hooks, model, request, attempts);
      last = { model, degradedReason, end, attempts };
      if (end.fault === null) {
        if (end.finish !== 'cancelled') deps.breaker.won(model.id);
        return last;
      }
      deps.breaker.lost(model.id, end.fault.code);
      if (visible || signal.aborted) return last;
      const { action } = FAULT_TABLE[end.fault.code];
      if (action === 'fail') return last;
      hooks.onReset();
      if (action === 'trim' && trims < MOST_TRIMS) trims++;
      else if (action === 'retry' && !retried) retried = true;
      else break;
    }
  }
  if (last) return last;
  const { code, detail } = plan.refusal ?? { code: 'no_candidate' as const, detail: undefined };
  return { model: null, degradedReason: null, end: { ...NOTHING, fault: makeFault(code, detail) }, attempts };
}

function failedWords(last: Outcome | null): string {
  return `${last?.model?.name ?? 'The first choice'} failed. ${last?.end.fault?.detail ?? ''}`.trim();
}

async function once(
  deps: ExecuteDeps,
  input: { readonly span: ActiveSpan; readonly deadlines: Deadlines; readonly signal: AbortSignal },
  hooks: ExecuteHooks,
  model: ModelEntry,
  request: ModelRequest,
  number: number,
): Promise<{ end: AttemptEnd; visible: boolean }> {
  const spans = createAttemptSpans(deps.clock, input.span, model, number);
  const controller = new AbortController();
  const stop = () => {
    controller.abort();
  };
  if (input.signal.aborted) controller.abort();
  input.signal.addEventListener('abort', stop, { once: true });
  let visible = false;
  let checked: Fault | null = null;
  const raw = await attempt(deps, request, input.deadlines, controller.signal, (event) => {
    if (checked) return;
    spans.onEvent(event);
    if (event.kind === 'delta' && !visible) visible = /\S/.test(event.text);
    checked = hooks.onEvent(model, event);
    if (checked) controller.abort();
  });
  input.signal.removeEventListener('abort', stop);
  const fault =
    checked ??
    (raw.fault === null && raw.finish !== 'cancelled' && !visible
      ? makeFault('empty_output', undefined, model.id)
      : raw.fault);
  const end: AttemptEnd = fault ? { ...raw, finish: 'fault', fault } : raw;
  spans.end(end);
  return { end, visible };
}
