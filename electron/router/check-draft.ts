import type { ModelRequest } from '../model/model.ts';
import type { ActiveSpan } from '../telemetry/recorder.ts';
import type { CallDeps, CallEnd } from './call.ts';
import { judgeDraft, judgeSamples, sampleRequest, samplesWanted } from './draft.ts';
import type { Verdict } from './draft.ts';
import { makeFault } from './fault-table.ts';
import type { PlanStep, RoutePlan } from './plan.ts';
import type { TurnCalls } from './turn-calls.ts';

/** Checks a draft, with further samples where the plan wants them; what it saved or cost stands on a span of its own. */
export async function checkDraft(
  deps: Pick<CallDeps, 'costUsd'>,
  input: { readonly plan: RoutePlan; readonly span: ActiveSpan; readonly signal: AbortSignal },
  turn: TurnCalls,
  draft: CallEnd,
  at: number,
  step: PlanStep,
  request: ModelRequest,
): Promise<Verdict & { readonly savedUsd: number }> {
  const { plan, signal } = input;
  const verdict = await judged();
  const next = turn.freeAfter(at, 'unverified');
  const strong = next === null ? undefined : plan.steps[next];
  const costUsd = turn.spentUsd();
  // What the stronger model would have taken for the same words.
  const strongUsd = strong ? deps.costUsd(draft.end.usage, strong.model.price) : 0;
  const savedUsd = verdict.passed ? Math.max(0, strongUsd - costUsd) : 0;
  const { passed, reason, confidence, agreement } = verdict;
  const check = input.span.child('check', 'Check the draft', {
    modelId: step.model.id,
    passed,
    reason,
    confidence,
    agreement,
    costUsd,
    savedUsd,
  });
  check.end(passed ? null : makeFault('unverified', reason ?? undefined, step.model.id));
  return { ...verdict, savedUsd };

  async function judged(): Promise<Verdict> {
    if (!plan.draft) return { passed: true, reason: null, usable: true, confidence: null, agreement: null };
    const first = judgeDraft(draft, plan.draft, request);
    if (!first.passed) return first;
    const answers = [draft.text];
    // One call stays for the stronger model.
    const wanted = samplesWanted(draft, plan.draft, turn.left() - 1);
    for (let number = 1; number <= wanted && !signal.aborted; number++) {
      const live = await turn.open(step, sampleRequest(request, number), 'check', 'mute');
      if ('code' in live) break;
      const sample = turn.record(await live.done, 'dropped');
      if (!sample.end.fault) answers.push(sample.text);
    }
    return judgeSamples(first, answers);
  }
}
