import { say } from '../contract/sentences/index.ts';
import type { Fault } from '../contract/faults.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import type { ModelRequest } from '../model/model.ts';
import { NO_USAGE } from './attempt.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { CallEnd, LiveCall } from './call.ts';
import { checkDraft } from './check-draft.ts';
import type { ExecuteDeps, ExecuteHooks, ExecuteInput } from './execute.ts';
import { FAULT_TABLE, makeFault } from './fault-table.ts';
import { pause } from './gate.ts';
import { hedged } from './hedge.ts';
import { moveAfter } from './ladder.ts';
import type { StepEnd } from './step-end.ts';
import { createTurnCalls } from './turn-calls.ts';

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
  const turn = createTurnCalls(deps, input, hooks, attempts);
  let keptDraft: Kept | null = null;

  return {
    turn,
    /** The draft that was only doubtful, when nobody better answered, and `why` not; null = there is none. */
    releaseDraft(why: string | null): { model: ModelEntry; call: CallEnd; degradedReason: string } | null {
      if (!keptDraft || signal.aborted) return null;
      const { model, call, live, reason } = keptDraft;
      const unchecked = say('said.degraded.draft', { name: model.name, words: reason });
      const degradedReason = why === null ? unchecked : `${why} ${unchecked}`;
      hooks.onModel(model, degradedReason);
      live.release();
      turn.note(call, 'answered');
      return { model, call, degradedReason };
    },

    async run(first: number, reason: string | null): Promise<StepEnd> {
      const firstStep = steps[first];
      if (!firstStep) throw new RangeError(`The plan has no step ${String(first)}.`);
      let at = first;
      let step = firstStep;
      let degradedReason = reason;
      turn.use(at);
      // A draft leaves a call for the better model.
      const drafting = at === 0 && plan.draft !== null && turn.left() > 1 && turn.freeAfter(at, 'unverified') !== null;
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
        const fitted: ModelRequest | null = await turn.requestFor(step, trims);
        if (signal.aborted) return failed(makeFault('cancelled'));
        // What the model itself said about it is better than what is said here.
        if (!fitted) return failed(lastCall?.end.fault ?? makeFault('context_length', undefined, model.id));
        let request = complaint ? complained(fitted, complaint.text, complaint.problem) : fitted;
        if (drafting) request = { ...request, logprobs: true };
        const addedUsd = complaint
          ? deps.costUsd({ ...NO_USAGE, tokensIn: complaint.text.length + 200 }, model.price)
          : 0;
        const live = await turn.open(step, request, drafting ? 'draft' : 'answer', voice, addedUsd);
        if ('code' in live) {
          if (lastCall === null) return turn.skip(at, step, live);
          span.event('not asked again', { modelId: model.id, code: live.code, detail: live.detail });
          return failed(lastCall.end.fault ?? live);
        }
        if (firstCall && model.kind === 'cloud') deps.retryBudget.request(model.provider);
        firstCall = false;
        hooks.onModel(model, degradedReason);

        let call: CallEnd;
        let heard = live;
        if (limits.hedgeAfterMs === null || drafting || codes.size > 0) call = await live.done;
        else {
          let hedgeAt: number | null = null;
          const result = await hedged(
            deps.timers,
            live,
            limits.hedgeAfterMs,
            async () => {
              const hedge = await turn.openHedge(at, model);
              hedgeAt = hedge?.at ?? null;
              return hedge?.live ?? null;
            },
            (other, fault) => {
              hooks.onReset();
              degradedReason =
                fault === null
                  ? say('said.degraded.slow', { name: model.name, other: other.model.name })
                  : say('said.degraded.failed', { name: model.name, words: fault.detail });
              hooks.onModel(other.model, degradedReason);
            },
            voice === 'held',
          );
          call = result.end;
          heard = result.winner;
          if (result.loser) turn.inBackground(result.loser);
          if (result.because !== null && hedgeAt !== null) {
            at = hedgeAt;
            step = steps[at] ?? step;
          }
        }
        const { fault } = call.end;
        lastCall = turn.record(call, 'failed');
        // Where the plan lets drafts be declined, nobody else is asked against the policy: that is what the better model is for.
        const declined = drafting && fault?.code === 'refused' && plan.draft?.refusal === true;
        if (declined || (fault === null && call.end.finish !== 'cancelled')) {
          let savedUsd = 0;
          if (drafting) {
            const verdict = await checkDraft(deps, input, turn, call, at, step, request);
            // Whoever stops the check never sees what was to be checked.
            if (signal.aborted) {
              turn.note(call, 'dropped');
              return failed(makeFault('cancelled'), call);
            }
            if (!verdict.passed) {
              const doubted = makeFault('unverified', verdict.reason ?? undefined, model.id);
              if (verdict.usable) keptDraft = { model, call, live, reason: doubted.detail };
              turn.doubt(call, doubted);
              call.span.note({ unverified: doubted.detail });
              return failed(doubted, call);
            }
            savedUsd = verdict.savedUsd;
          }
          if (voice === 'held') heard.release();
          turn.note(call, 'answered');
          return { kind: 'over', at, model: step.model, call, fault: null, degradedReason, savedUsd };
        }
        const over = call.shown || signal.aborted || fault === null;
        if (over) {
          // Whoever stops a reply keeps what there is of it; an unchecked draft was never one.
          if (voice === 'held' && !drafting && fault === null) heard.release();
          turn.note(call, fault === null ? 'dropped' : 'kept');
          return { kind: 'over', at, model: step.model, call, fault, degradedReason, savedUsd: 0 };
        }

        const hasNext = turn.freeAfter(at, fault.code) !== null;
        const move =
          call.end.overdue === 'total'
            ? ({ kind: 'next' } as const)
            : moveAfter({
                fault,
                limits,
                retries,
                sameRetries: codes.get(fault.code) ?? 0,
                trims,
                attemptsLeft: turn.left() - (drafting ? 1 : 0),
                elapsedMs: turn.elapsedMs(),
                hasNext,
                local: step.model.kind === 'local',
                random: deps.random,
              });
        if (move.kind === 'next') return failed(fault);
        if (move.kind === 'trim') {
          trims++;
          hooks.onReset();
          turn.note(call, 'trimmed');
          continue;
        }
        if (step.model.kind === 'cloud' && !deps.retryBudget.take(step.model.provider, limits.retryBudget)) {
          call.span.note({ notRetried: 'retry budget' });
          return failed(fault);
        }
        hooks.onReset();
        complaint = fault.code === 'malformed_output' ? { text: call.text, problem: fault.detail } : null;
        const waited = FAULT_TABLE[fault.code].action === 'wait' || fault.retryAfterMs !== undefined;
        turn.note(call, waited ? 'waited' : 'retried');
        call.span.note({ waitMs: Math.round(move.delayMs) });
        if (!(await pause(deps.timers, move.delayMs, signal))) return failed(makeFault('cancelled'));
        codes.set(fault.code, (codes.get(fault.code) ?? 0) + 1);
        retries++;
      }
    },
  };
}
