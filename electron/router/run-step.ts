import type { Fault } from '../contract/faults.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import type { ModelRequest } from '../model/model.ts';
import { deadlinesFor, NO_USAGE } from './attempt.ts';
import { startCall } from './call.ts';
import type { AttemptAction, AttemptRecord, AttemptRole, CallEnd, LiveCall } from './call.ts';
import { judgeDraft, judgeSamples, sampleRequest, samplesWanted } from './draft.ts';
import type { Verdict } from './draft.ts';
import type { ExecuteDeps, ExecuteHooks, ExecuteInput } from './execute.ts';
import { FAULT_TABLE, makeFault } from './fault-table.ts';
import { enterGate, pause } from './gate.ts';
import { hedged } from './hedge.ts';
import { moveAfter, nextStep } from './ladder.ts';
import type { PlanStep } from './plan.ts';

/** How one step of the ladder ended. */
export type StepEnd =
  /** The turn is over: answered, stopped, or ended with text kept. */
  | {
      readonly kind: 'over';
      readonly at: number;
      readonly model: ModelEntry;
      readonly call: CallEnd | null;
      readonly fault: Fault | null;
      readonly degradedReason: string | null;
      readonly savedUsd: number;
    }
  /** Asked in vain, nothing visible. */
  | {
      readonly kind: 'failed';
      readonly at: number;
      readonly model: ModelEntry;
      readonly call: CallEnd | null;
      readonly fault: Fault;
      readonly degradedReason: string | null;
      readonly savedUsd: number;
    }
  /** Not asked at all. */
  | { readonly kind: 'skipped'; readonly at: number; readonly model: ModelEntry; readonly fault: Fault };

interface Kept {
  readonly model: ModelEntry;
  readonly call: CallEnd;
  readonly live: LiveCall;
  readonly reason: string;
}

/** The wrong answer and what is wrong with it, for the model to do better. */
function complained(request: ModelRequest, text: string, problem: string): ModelRequest {
  const asked = `${problem} Answer the question again, with nothing but the JSON that was asked for.`;
  return {
    ...request,
    messages: [...request.messages, { role: 'assistant', text: text.slice(0, 8000) }, { role: 'user', text: asked }],
  };
}

/** Asks the models of single steps: repeats, waits, shortens, hedges and drafts within one. */
export function createStepRunner(
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
  let keptDraft: Kept | null = null;

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
    // The estimate that money is held by counts with no longer answer than this.
    const maxTokens = Math.min(request.sampling.maxTokens ?? Infinity, step.maxTokens);
    return { ...request, sampling: { ...request.sampling, maxTokens } };
  };

  /** Through the gate and on its way; a fault = it was not asked. */
  const open = async (
    step: PlanStep,
    request: ModelRequest,
    role: AttemptRole,
    voice: 'live' | 'held' | 'mute',
    addedUsd = 0,
  ): Promise<LiveCall | Fault> => {
    const gate = await enterGate(
      deps,
      {
        step,
        limits,
        private: input.private,
        traceId: input.traceId,
        token: input.token ?? null,
        mostUsd: step.mostUsd + addedUsd,
        waitMs: Math.max(0, Math.min(limits.maxWaitMs, limits.totalMs - elapsedMs())),
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

  const checkDraft = async (draft: CallEnd, step: PlanStep, request: ModelRequest): Promise<Verdict> => {
    const draftPlan = plan.draft;
    if (!draftPlan) return { passed: true, reason: null, usable: true, confidence: null, agreement: null };
    const verdict = judgeDraft(draft, draftPlan);
    if (!verdict.passed) return verdict;
    // One call stays for the stronger model.
    const answers = [draft.text];
    const wanted = samplesWanted(draft, draftPlan, limits.attempts - calls - 1);
    for (let number = 1; number <= wanted && !signal.aborted; number++) {
      const live = await open(step, sampleRequest(request, number), 'check', 'mute');
      if ('code' in live) break;
      const sample = record(await live.done, 'dropped');
      if (!sample.end.fault) answers.push(sample.text);
    }
    return judgeSamples(verdict, answers);
  };

  return {
    note,
    callsLeft: () => limits.attempts - calls,
    used: (at: number) => usedSteps.has(at),
    /** Losers have stopped and are paid for. */
    settled: () => Promise.all([...background]),
    /** The draft that was only doubtful, when nobody better answered; null = there is none. */
    releaseDraft(): { model: ModelEntry; call: CallEnd; degradedReason: string } | null {
      if (!keptDraft || signal.aborted) return null;
      const { model, call, live, reason } = keptDraft;
      const degradedReason = `No better model answered, so this is ${model.name}’s unchecked draft. ${reason}`;
      hooks.onModel(model, degradedReason);
      live.release();
      note(call, 'answered');
      return { model, call, degradedReason };
    },

    async run(first: number, reason: string | null): Promise<StepEnd> {
      const firstStep = steps[first];
      if (!firstStep) throw new RangeError(`The plan has no step ${String(first)}.`);
      let at = first;
      let step = firstStep;
      let degradedReason = reason;
      usedSteps.add(at);
      const drafting = at === 0 && plan.draft !== null && freeAfter(at, 'unverified') !== null;
      const voice = drafting || input.hold === true ? 'held' : 'live';
      const codes = new Map<Fault['code'], number>();
      let retries = 0;
      let trims = 0;
      let complaint: { text: string; problem: string } | null = null;
      let lastCall: CallEnd | null = null;
      let firstCall = true;
      const failed = (fault: Fault, call: CallEnd | null = lastCall): StepEnd => ({
        kind: 'failed',
        at,
        model: step.model,
        call,
        fault,
        degradedReason,
        savedUsd: 0,
      });

      for (;;) {
        const { model } = step;
        const fitted: ModelRequest | null = await requestFor(step, trims);
        if (signal.aborted) return failed(makeFault('cancelled'));
        if (!fitted) return failed(makeFault('context_length', undefined, model.id));
        let request = complaint ? complained(fitted, complaint.text, complaint.problem) : fitted;
        if (drafting) request = { ...request, logprobs: true };
        const addedUsd = complaint
          ? deps.costUsd({ ...NO_USAGE, tokensIn: complaint.text.length + 200 }, model.price)
          : 0;
        const live = await open(step, request, drafting ? 'draft' : 'answer', voice, addedUsd);
        if ('code' in live) {
          if (lastCall === null) return skip(at, step, live);
          span.event('not asked again', { modelId: model.id, code: live.code, detail: live.detail });
          return failed(lastCall.end.fault ?? live);
        }
        if (firstCall && model.kind === 'cloud') deps.retryBudget.request(model.provider);
        firstCall = false;
        hooks.onModel(model, degradedReason);

        let call: CallEnd;
        if (limits.hedgeAfterMs === null || drafting || codes.size > 0) call = await live.done;
        else {
          let hedgeAt: number | null = null;
          const result = await hedged(
            deps.timers,
            live,
            limits.hedgeAfterMs,
            async () => {
              const hedge = await openHedge(at, model);
              hedgeAt = hedge?.at ?? null;
              return hedge?.live ?? null;
            },
            (other) => {
              hooks.onReset();
              degradedReason = `${model.name} was slow to answer, so ${other.model.name} was asked as well.`;
              hooks.onModel(other.model, degradedReason);
            },
          );
          call = result.end;
          if (result.loser) inBackground(result.loser);
          if (result.because !== null && hedgeAt !== null) {
            at = hedgeAt;
            step = steps[at] ?? step;
          }
        }
        const { fault } = call.end;
        lastCall = record(call, 'failed');
        if (fault === null && call.end.finish !== 'cancelled') {
          if (drafting) {
            const verdict = await checkDraft(call, step, request);
            const next = freeAfter(at, 'unverified');
            const strong = next === null ? undefined : steps[next];
            const spent = attempts.reduce((sum, { costUsd }) => sum + costUsd, 0);
            const strongUsd = strong ? deps.costUsd(call.end.usage, strong.model.price) : 0;
            const savedUsd = verdict.passed ? Math.max(0, strongUsd - spent) : 0;
            const check = span.child('check', 'Check the draft', {
              modelId: model.id,
              passed: verdict.passed,
              reason: verdict.reason,
              confidence: verdict.confidence,
              agreement: verdict.agreement,
              costUsd: spent,
              savedUsd,
            });
            if (!verdict.passed && !signal.aborted) {
              const doubted = makeFault('unverified', verdict.reason ?? undefined, model.id);
              check.end(doubted);
              if (verdict.usable) keptDraft = { model, call, live, reason: verdict.reason ?? '' };
              const at0 = records.get(call);
              const made = at0 === undefined ? undefined : attempts[at0];
              if (at0 !== undefined && made) attempts[at0] = { ...made, fault: doubted };
              call.span.note({ unverified: verdict.reason });
              return failed(doubted, call);
            }
            check.end();
            live.release();
            note(call, 'answered');
            return { kind: 'over', at, model, call, fault: null, degradedReason, savedUsd };
          }
          if (voice === 'held') live.release();
          note(call, 'answered');
          return { kind: 'over', at, model: step.model, call, fault: null, degradedReason, savedUsd: 0 };
        }
        const over = call.shown || signal.aborted || fault === null;
        if (over) {
          // Whoever stops a reply keeps what there is of it; an unchecked draft was never one.
          if (voice === 'held' && !drafting && fault === null) live.release();
          note(call, fault === null ? 'dropped' : 'kept');
          return { kind: 'over', at, model: step.model, call, fault, degradedReason, savedUsd: 0 };
        }

        const hasNext = freeAfter(at, fault.code) !== null;
        const move =
          call.end.overdue === 'total'
            ? ({ kind: 'next' } as const)
            : moveAfter({
                fault,
                limits,
                retries,
                sameRetries: codes.get(fault.code) ?? 0,
                trims,
                attemptsLeft: limits.attempts - calls,
                elapsedMs: elapsedMs(),
                hasNext,
                local: step.model.kind === 'local',
                random: deps.random,
              });
        if (move.kind === 'next') return failed(fault);
        if (move.kind === 'trim') {
          trims++;
          hooks.onReset();
          note(call, 'trimmed');
          continue;
        }
        if (step.model.kind === 'cloud' && !deps.retryBudget.take(step.model.provider, limits.retryBudget)) {
          call.span.note({ notRetried: 'retry budget' });
          return failed(fault);
        }
        hooks.onReset();
        complaint = fault.code === 'malformed_output' ? { text: call.text, problem: fault.detail } : null;
        const waited = FAULT_TABLE[fault.code].action === 'wait' || fault.retryAfterMs !== undefined;
        note(call, waited ? 'waited' : 'retried');
        call.span.note({ waitMs: Math.round(move.delayMs) });
        if (!(await pause(deps.timers, move.delayMs, signal))) return failed(makeFault('cancelled'));
        codes.set(fault.code, (codes.get(fault.code) ?? 0) + 1);
        retries++;
      }
    },
  };
}
