import { say } from '../contract/sentences/index.ts';
import type { DraftPlan } from '../contract/policy.ts';
import type { ModelRequest } from '../model/model.ts';
import type { CallEnd } from './call.ts';
import { isRefusal } from './checks/refusal.ts';

/** Samples are drawn with this temperature where the request asks for less: the same answer twice shows nothing otherwise. */
const SAMPLE_TEMPERATURE = 0.7;
/** Samples, the draft among them, must agree at least so far. */
const LEAST_AGREEMENT = 0.6;

/** What the checks of a draft found. */
export interface Verdict {
  readonly passed: boolean;
  /** Why it was not good enough, one sentence; null = it is. */
  readonly reason: string | null;
  /** It can still be shown when nobody else answers: doubtful, not wrong. */
  readonly usable: boolean;
  /** Mean token probability, 0 to 1; null = not given. */
  readonly confidence: number | null;
  /** Share of samples that say the same, 0 to 1; null = not asked. */
  readonly agreement: number | null;
}

/** An answer as far as two of them are compared: case, punctuation, articles and white space are not. */
export function normalised(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\b(?:a|an|the|is|it|answer)\b/gu, ' ')
    .replace(/[^\p{L}\p{N}.,%$€£+-]+/gu, ' ')
    .replace(/(?<!\p{N})[.,]|[.,](?!\p{N})/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** Share of answers that say what the first one says. */
export function agreementOf(answers: readonly string[]): number {
  const [first, ...others] = answers.map(normalised);
  if (first === undefined || others.length === 0) return 1;
  return (1 + others.filter((other) => other === first).length) / answers.length;
}

/** The same question once more, sampled anew. */
export function sampleRequest(request: ModelRequest, number: number): ModelRequest {
  const { sampling } = request;
  return {
    ...request,
    // The state of the conversation is the draft's.
    stateKey: null,
    sampling: {
      ...sampling,
      temperature: Math.max(sampling.temperature ?? SAMPLE_TEMPERATURE, SAMPLE_TEMPERATURE),
      seed: ((sampling.seed ?? 0) + number * 7919) % 2 ** 31,
    },
  };
}

/** How many further samples a draft needs; 0 = none. */
export function samplesWanted(draft: CallEnd, plan: DraftPlan, callsToSpare: number): number {
  const short = plan.selfConsistencyTokens > 0 && draft.end.usage.tokensOut <= plan.selfConsistencyTokens;
  return short && draft.calls.length === 0 ? Math.max(0, Math.min(plan.samples - 1, callsToSpare)) : 0;
}

/** What is wrong with the tools a draft calls, or leaves uncalled; null = nothing. */
function callProblem({ calls }: CallEnd, { tools = [], toolChoice = 'auto' }: ModelRequest): string | null {
  const strange = calls.find(({ name }) => !tools.some((tool) => tool.name === name));
  if (strange) return say('said.draft.strange_tool', { name: strange.name });
  const wanted = toolChoice === 'required' || typeof toolChoice === 'object';
  return wanted && calls.length === 0 ? say('said.draft.no_tool') : null;
}

/** Judges what can be judged from the draft alone. Its format was checked when it ended. */
export function judgeDraft(draft: CallEnd, plan: DraftPlan, request: ModelRequest): Verdict {
  const probability = draft.end.attributes['meanProbability'];
  const confidence = typeof probability === 'number' ? probability : null;
  const not = (reason: string, usable: boolean): Verdict => ({
    passed: false,
    reason,
    usable,
    confidence,
    agreement: null,
  });
  const { finish, fault } = draft.end;
  if (plan.refusal && (finish === 'refused' || fault?.code === 'refused' || isRefusal(draft.text)))
    return not(say('said.draft.declined'), false);
  const wrongCall = plan.format ? callProblem(draft, request) : null;
  if (wrongCall !== null) return not(wrongCall, false);
  if (finish === 'length') return not(say('said.draft.endless'), true);
  if (confidence !== null && confidence < plan.minConfidence)
    return not(
      say('said.draft.unsure', { probability: confidence.toFixed(2), least: plan.minConfidence.toFixed(2) }),
      true,
    );
  return { passed: true, reason: null, usable: true, confidence, agreement: null };
}

/** Takes the samples into account. */
export function judgeSamples(verdict: Verdict, answers: readonly string[]): Verdict {
  if (answers.length < 2) return verdict;
  const agreement = agreementOf(answers);
  if (agreement >= LEAST_AGREEMENT) return { ...verdict, agreement };
  const same = Math.round(agreement * answers.length);
  const reason = say(same === 1 ? 'said.draft.once' : 'said.draft.times', { count: answers.length, same });
  return { ...verdict, passed: false, reason, agreement };
}
