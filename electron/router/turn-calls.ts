import { say } from '../contract/sentences/index.ts';
import type { Fault } from '../contract/faults.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import type { ModelRequest } from '../model/model.ts';
import type { AttemptAction, AttemptRecord, AttemptRole } from './attempt-record.ts';
import { deadlinesFor, showTime } from './attempt.ts';
import { startCall } from './call.ts';
import type { CallEnd, LiveCall } from './call.ts';
import type { ExecuteDeps, ExecuteHooks, ExecuteInput } from './execute.ts';
import { makeFault } from './fault-table.ts';
import { enterGate } from './gate.ts';
import { nextStep } from './ladder.ts';
import type { PlanStep } from './plan.ts';
import type { StepEnd } from './step-end.ts';

/** With less of the turn's time than this nobody outside is asked, in ms: no answer begins in it. */
const LEAST_CALL_MS = 5;

/** The calls of one turn: how many there were, what became of them, and which steps are used up. */
export function createTurnCalls(
  deps: ExecuteDeps,
  input: ExecuteInput,
  hooks: ExecuteHooks,
  attempts: AttemptRecord[],
) {
  const { plan, signal, span } = input;
  const { steps, limits } = plan;
  const startedMs = deps.clock.monotonicMs();
  const elapsedMs = () => deps.clock.monotonicMs() - startedMs;
  const usedSteps = new Set<number>();
  const background = new Set<Promise<unknown>>();
  const records = new Map<CallEnd, number>();
  let calls = 0;

  const note = (call: CallEnd, action: AttemptAction) => {
    call.span.note({ action });
    const at = records.get(call);
    const record = at === undefined ? undefined : attempts[at];
    if (at !== undefined && record) attempts[at] = { ...record, action };
  };
  const record = (call: CallEnd, action: AttemptAction): CallEnd => {
    records.set(call, attempts.push(call.record) - 1);
    note(call, action);
    return call;
  };
  const inBackground = (live: LiveCall) => {
    const done = live.done.then((call) => record(call, call.record.fault && !call.spoke ? 'failed' : 'dropped'));
    background.add(done);
    void done.finally(() => background.delete(done));
  };

  const skip = (at: number, step: PlanStep, fault: Fault): StepEnd => {
    const { model } = step;
    span.event('model skipped', { modelId: model.id, code: fault.code, detail: fault.detail });
    return { kind: 'skipped', at, model, fault };
  };
  const requestFor = async (step: PlanStep, trims: number): Promise<ModelRequest | null> => {
    const request = await hooks.request(step.model, trims);
    if (!request || step.maxTokens === undefined) return request;
    if (deps.budget.leftUsd(step.model.provider, input.token ?? null, input.traceId) === Infinity) return request;
    // The estimate that money is held by counts with no longer answer than this.
    const maxTokens = Math.min(request.sampling.maxTokens ?? Infinity, step.maxTokens);
    return { ...request, sampling: { ...request.sampling, maxTokens } };
  };

  /** Through the gate and on its way; a fault = it was not asked. `addedUsd` = on top of the step's own estimate. */
  const open = async (
    step: PlanStep,
    request: ModelRequest,
    role: AttemptRole,
    voice: 'live' | 'held' | 'mute',
    addedUsd = 0,
  ): Promise<LiveCall | Fault> => {
    // A provider that gets no time at all would fail only by our clock. The engine of this app has deadlines of its own.
    if (step.model.kind === 'cloud' && limits.totalMs - elapsedMs() < LEAST_CALL_MS) {
      const time = showTime(limits.totalMs);
      return makeFault('timeout', say('said.late.total', { time }), step.model.id);
    }
    const gate = await enterGate(
      deps,
      {
        step,
        limits,
        isPrivate: input.isPrivate,
        traceId: input.traceId,
        token: input.token ?? null,
        mostUsd: step.mostUsd + addedUsd,
        // A second model is asked to save time: the first one's answer does not wait for it.
        waitMs: role === 'hedge' ? 0 : Math.max(0, Math.min(limits.maxWaitMs, limits.totalMs - elapsedMs())),
      },
      signal,
    );
    if ('fault' in gate) return gate.fault;
    calls++;
    return startCall(deps, {
      model: step.model,
      request,
      ticket: gate.ticket,
      deadlines: deadlinesFor(step.model, limits, elapsedMs()),
      number: calls,
      role,
      voice,
      reasoningIsVisible: input.reasoningIsVisible ?? false,
      refusalFallback: limits.refusalFallback,
      parent: span,
      signal,
      onEvent: (event) => hooks.onEvent(step.model, event),
    });
  };

  const freeAfter = (at: number, code: Fault['code']): number | null => {
    let next = nextStep(steps, at, code, limits);
    while (next !== null && usedSteps.has(next)) next = nextStep(steps, next, code, limits);
    return next;
  };

  /** A second model on the side, where the policy and the budget of retries let. */
  const openHedge = async (at: number, from: ModelEntry): Promise<{ live: LiveCall; at: number } | null> => {
    const next = freeAfter(at, 'timeout');
    const step = next === null ? undefined : steps[next];
    if (next === null || !step || calls >= limits.attempts) return null;
    if (from.kind === 'cloud' && !deps.retryBudget.take(from.provider, limits.retryBudget)) {
      span.event('hedge not allowed', { modelId: step.model.id, because: 'retry budget' });
      return null;
    }
    const request = await requestFor(step, 0);
    if (!request || signal.aborted) return null;
    const live = await open(step, request, 'hedge', 'mute');
    if ('code' in live) {
      skip(next, step, live);
      return null;
    }
    usedSteps.add(next);
    span.event('hedged', { modelId: step.model.id, afterMs: limits.hedgeAfterMs });
    return { live, at: next };
  };

  return {
    elapsedMs,
    left: () => limits.attempts - calls,
    use: (at: number) => void usedSteps.add(at),
    freeAfter,
    note,
    record,
    /** A draft that was doubted was no good although the model did not fail. */
    doubt(call: CallEnd, fault: Fault): void {
      const at = records.get(call);
      const made = at === undefined ? undefined : attempts[at];
      if (at !== undefined && made) attempts[at] = { ...made, fault };
    },
    spentUsd: () => attempts.reduce((sum, { costUsd }) => sum + costUsd, 0),
    inBackground,
    /** Losers have stopped and are paid for. */
    settled: () => Promise.all([...background]),
    skip,
    requestFor,
    open,
    openHedge,
  };
}

export type TurnCalls = ReturnType<typeof createTurnCalls>;
