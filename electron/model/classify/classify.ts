import { PROVIDER_SENTENCES } from '../../contract/sentences/faults.ts';
import { FAULT_FACTS } from '../../contract/fault-facts.ts';
import { FaultError } from '../../contract/faults.ts';
import type { Fault } from '../../contract/faults.ts';
import { factsOf } from './facts.ts';
import type { Facts } from './facts.ts';
import { retryAfterMs } from './retry-after.ts';
import { fits } from './rule.ts';
import type { Rule } from './rule.ts';
import { CHINESE_RULES } from './rules/chinese.ts';
import { FAILED_FINISH_RULES, FINISH_RULES, OUTPUT_RULES } from './rules/finish.ts';
import { BROAD_RULES, EXACT_RULES } from './rules/ids.ts';
import { NOTICE_RULES, ORDINARY_RULES } from './rules/notices.ts';
import { CANCEL_RULES, NETWORK_RULES, PROCESS_ENDED, PROCESS_RULES } from './rules/own-side.ts';
import { NUMBER_RULES, TOLD_NUMBER_RULES } from './rules/numbers.ts';
import { PROVIDER_RULES } from './rules/providers.ts';
import { SHAPE_RULES, STATUS_RULES } from './rules/statuses.ts';
import { TEXT_RULES } from './rules/texts.ts';
import { sentence } from './sentence.ts';
import type { Classify, Judgement, ProviderAnswer } from './types.ts';

export type { Classify, Judgement, ProviderAnswer } from './types.ts';

/** The order of ARCHITECTURE.md: our own stop, process, typed codes, words, status, socket. The first row that fits decides. */
const TABLE: readonly Rule[] = [
  ...CANCEL_RULES,
  ...PROCESS_RULES,
  ...NOTICE_RULES,
  ...OUTPUT_RULES,
  ...PROVIDER_RULES,
  ...EXACT_RULES,
  ...FINISH_RULES,
  ...TEXT_RULES,
  ...CHINESE_RULES,
  ...NUMBER_RULES,
  ...BROAD_RULES,
  ...STATUS_RULES,
  ...FAILED_FINISH_RULES,
  ...NETWORK_RULES,
  PROCESS_ENDED,
];

/** After these a wait that the other side states is worth keeping. */
const WAITS = new Set(['rate_limit', 'quota', 'overloaded', 'server_error', 'timeout', 'not_ready', 'conflict']);

const PAGE: Rule = {
  is: 'network',
  say: PROVIDER_SENTENCES.web_page,
  source: 'captive portals and wrong addresses answer with HTML',
};
const UNKNOWN: Rule = { is: 'unknown', source: 'nothing matched' };

/** Fields that say that a call failed although its status is 200: Qianfan, MiniMax, Tencent, Cloudflare, LM Studio. */
const FAILED_KEYS = [
  'error',
  'errors',
  'error_code',
  'error_msg',
  'errorcode',
  'errormsg',
  'error_message',
  'base_resp',
];

/** Such a failure has no status of its own: its words are read as those of a request that was turned down. */
const toldRule = (facts: Facts): Rule | undefined =>
  FAILED_KEYS.some((key) => facts.keys.has(key)) || facts.ids.has('error')
    ? [...TEXT_RULES, ...CHINESE_RULES].find((rule) => fits(rule, { ...facts, status: 400 }))
    : undefined;

function ruleFor(facts: Facts): Rule {
  const began = facts.status !== null && facts.status < 300;
  if (facts.isPage && began) return PAGE;
  const found = TABLE.find((rule) => fits(rule, facts));
  if (found) return found;
  if (!began) return UNKNOWN;
  const rest = [...TOLD_NUMBER_RULES, ...ORDINARY_RULES, ...SHAPE_RULES];
  return toldRule(facts) ?? rest.find((rule) => fits(rule, facts)) ?? UNKNOWN;
}

function judge(rule: Rule, facts: Facts, label: string, now: number): Judgement {
  const { is, source } = rule;
  if (is === 'not_an_error' || is === 'degraded_ok') {
    return {
      verdict: is,
      origin: rule.origin ?? 'infrastructure',
      recoverable: rule.recoverable ?? true,
      source,
      fault: null,
    };
  }
  const table = FAULT_FACTS[is];
  const origin = rule.origin ?? table.origin;
  const recoverable = rule.recoverable ?? table.recoverable;
  const waitMs = WAITS.has(is) ? retryAfterMs(facts, is, now) : null;
  const fault: Fault = {
    code: is,
    origin,
    recoverable,
    ...(waitMs === null ? {} : { retryAfterMs: waitMs }),
    provider: facts.provider.label,
    detail: rule.say?.replaceAll('{name}', () => label) ?? sentence(is, origin, label, waitMs),
  };
  return { verdict: is, origin, recoverable, source, fault };
}

/** What an answer is and why. Never throws, whatever it holds. */
export function judgeAnswer(answer: ProviderAnswer, now: number): Judgement {
  if (answer.error instanceof FaultError) {
    const { fault } = answer.error;
    return { verdict: fault.code, origin: fault.origin, recoverable: fault.recoverable, source: 'ours', fault };
  }
  let facts: Facts;
  try {
    facts = factsOf(answer);
  } catch {
    // A value that fights back when it is read: only the status is certain.
    facts = factsOf({ ...answer, headers: {}, body: null, error: undefined });
  }
  return judge(ruleFor(facts), facts, answer.label ?? facts.provider.label, now);
}

/** Turns an answer into a fault of our table; null = it is no fault (a comment, a notice, an ordinary end). */
export const classify: Classify = (answer, now) => judgeAnswer(answer, now).fault;
