import type { FaultCode } from '../contract/faults.ts';

/** A sentence of a decision as a value: a code and what goes into it. The window may say it in any language. */
export interface Reason {
  readonly code: keyof typeof SENTENCES;
  readonly params: Readonly<Record<string, string | number>>;
}

type Params = Reason['params'];
const text = (params: Params, name: string): string => String(params[name] ?? '');
const number = (params: Params, name: string): number => Number(params[name] ?? 0);
const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;
/** Cents and less are told apart: 4 digits below ten cents. */
const dollars = (usd: number): string => `$${usd.toFixed(usd !== 0 && usd < 0.1 ? 4 : 2)}`;
const who = (params: Params): string =>
  params['rule'] === undefined ? 'The policy' : `The rule “${text(params, 'rule')}”`;
const given = (problem: string, otherwise: string): string => (problem === '' ? otherwise : problem);

const BREAKER_WORDS: Partial<Record<FaultCode, string>> = {
  auth: 'Its key was refused; enter a working key under Models',
  quota: 'Its account has no credit left; top it up',
  not_found: 'Its provider does not have it any more',
  timeout: 'It kept answering too late',
  overloaded: 'Its provider is overloaded',
  network: 'It could not be reached several times in a row',
  local_oom: 'There was not enough memory for it',
  gpu_lost: 'The graphics card stopped answering under it',
  local_crash: 'The engine process ended under it several times in a row',
};

const SENTENCES = {
  // --- why one model may not answer
  file_missing: (p: Params) => given(text(p, 'problem'), 'Its file is missing.'),
  file_corrupt: (p: Params) => given(text(p, 'problem'), 'Its file is damaged.'),
  unsupported: (p: Params) => given(text(p, 'problem'), 'This kind of model cannot be run here.'),
  disabled: (p: Params) => given(text(p, 'problem'), 'It is switched off; switch it on under Models.'),
  no_key: (p: Params) => given(text(p, 'problem'), 'Its provider has no key here; enter one under Models.'),
  private: () => 'The conversation is private and its provider is not trusted with private conversations.',
  local_route: () => 'Only local models were asked for, and this is a provider’s.',
  policy_local: (p: Params) => `${who(p)} lets only local models answer.`,
  policy_cloud: (p: Params) => `${who(p)} lets only models of providers answer.`,
  policy_only: (p: Params) => `${who(p)} names the models that may answer, and this is not one of them.`,
  policy_never: (p: Params) => `${who(p)} rules it out.`,
  quality: (p: Params) =>
    `Its quality is held to be ${number(p, 'quality').toFixed(2)}; the policy asks for ${number(p, 'least').toFixed(2)}.`,
  embeddings: () => 'It makes embeddings and does not chat.',
  tools: () => 'The request uses tools, which it cannot call.',
  vision: () => 'There are images in the conversation, which it cannot see.',
  schema: () => 'The answer must follow a JSON schema, which it cannot guarantee.',
  context: (p: Params) => `The message has about ${text(p, 'tokens')} tokens, its context holds ${text(p, 'context')}.`,
  offline: () => 'There is no network, and it is reached over the network.',
  breaker: (p: Params) => {
    const words =
      Object.entries(BREAKER_WORDS).find(([code]) => code === p['because'])?.[1] ?? 'It failed several times in a row';
    return number(p, 'seconds') > 0 ? `${words}; it is tried again in ${text(p, 'seconds')} s.` : `${words}.`;
  },
  paced: (p: Params) => `Its provider asked to wait ${text(p, 'seconds')} s more.`,
  too_dear: (p: Params) =>
    `One answer could cost ${dollars(number(p, 'most'))}, and the policy allows ${dollars(number(p, 'limit'))} a turn.`,
  budget: (p: Params) =>
    `One answer could cost ${dollars(number(p, 'most'))}, and ${dollars(number(p, 'left'))} of the budget is left${also(p)}.`,
  budget_no_price: (p: Params) => `The budget is used up and its price is not known${also(p)}.`,
  memory: (p: Params) =>
    `It needs about ${gigabytes(number(p, 'needed'))} of memory and ${gigabytes(number(p, 'free'))} is free.`,
  memory_pressure: (p: Params) =>
    `Memory is short here, and loading it would take about ${gigabytes(number(p, 'needed'))}.`,
  battery: (p: Params) =>
    `It draws much power and this machine runs on battery; ${text(p, 'other')} answers well enough.`,
  // --- why the chosen one
  named: () => 'It was chosen for this conversation.',
  only_one: () => 'It is the only model that may answer now.',
  preferred: (p: Params) => `The rule “${text(p, 'rule')}” prefers it.`,
  sticky: () => 'It gave the last answer here, and no other model is clearly better for this one.',
  ladder: (p: Params) => `The ladder of the policy begins with “${text(p, 'to')}”.`,
  best_quality: () => 'It is the best of the models that may answer now.',
  best_cost: () => 'It is the cheapest of the models that are good enough.',
  best_easy: () => 'The question looks easy enough for it, and it costs less or is faster than the others.',
  best_hard: () => 'The question looks hard, and it is the one most likely to answer it well.',
  best_local: () => 'It is the most capable model on this machine that can answer now.',
  best_score: () => 'It has the best balance of quality, cost and speed for this question.',
  draft: (p: Params) => `It writes a draft first; when the checks doubt it, ${text(p, 'other')} answers.`,
  degraded: (p: Params) => `${text(p, 'name')} cannot answer now. ${text(p, 'words')}`,
  gone_local: (p: Params) => `The chosen model “${text(p, 'name')}” is not installed any more.`,
  gone_cloud: (p: Params) => `The chosen model “${text(p, 'name')}” is not listed any more.`,
  free: () => 'It runs on this machine, so nothing leaves it and it costs nothing.',
  costs: (p: Params) => `An answer like this costs about ${dollars(number(p, 'likely'))}.`,
  shortened: (p: Params) => `Its answer may have ${text(p, 'tokens')} tokens at most: the budget leaves no more.`,
  leaves: (p: Params) => `The request goes to the provider “${text(p, 'provider')}”.`,
  // --- why nobody
  nobody: () => 'No model can answer this message now.',
  refusal: (p: Params) => `${text(p, 'name')}: ${text(p, 'words')}`,
} satisfies Record<string, (params: Params) => string>;

function also(params: Params): string {
  const words = text(params, 'words').replace(/\.$/u, '');
  return words === '' ? '' : ` (${words})`;
}

export const reason = (code: Reason['code'], params: Params = {}): Reason => ({ code, params });

/** The sentence of a reason in English. */
export const sayReason = ({ code, params }: Reason): string => SENTENCES[code](params);
