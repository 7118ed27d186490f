import { FAULT_FACTS } from '../../contract/fault-facts.ts';
import type { Fault, FaultCode } from '../../contract/faults.ts';
import { retryAfterMs } from './retry-after.ts';
import { RULES } from './rules.ts';
import type { ClassifyRule } from './rule.ts';
import { signalsOf } from './signals.ts';
import type { Signals } from './signals.ts';
import type { ProviderAnswer } from './types.ts';

export type { AnswerPhase, Classify, ProviderAnswer } from './types.ts';

function holds(rule: ClassifyRule, answer: ProviderAnswer, signals: Signals): boolean {
  if (rule.phase && !rule.phase.includes(answer.phase)) return false;
  if (rule.status && (answer.status === null || !rule.status.includes(answer.status))) return false;
  if (rule.provider && !rule.provider.test(signals.provider)) return false;
  if (rule.codes && !rule.codes.some((code) => signals.codes.has(code))) return false;
  return rule.text === undefined || rule.text.test(signals.text);
}

/** Codes at which the other side may say when to come back. */
const WAITS: ReadonlySet<FaultCode> = new Set([
  'rate_limit',
  'quota',
  'overloaded',
  'server_error',
  'timeout',
  'not_ready',
  'conflict',
  'unknown',
]);

/**
 * Turns what a provider answered into a fault of our table: never throws, whatever the answer holds. null = it is no fault
 * (a comment in a stream, a notice). The `detail` is a sentence for a person and never repeats what the provider said,
 * which may hold keys or the prompt.
 */
export function classify(answer: ProviderAnswer, now: number): Fault | null {
  const signals = signalsOf(answer);
  const rule = RULES.find((candidate) => holds(candidate, answer, signals));
  if (rule?.code === 'none') return null;
  const code: FaultCode = rule?.code ?? 'unknown';
  const facts = FAULT_FACTS[code];
  const wait = WAITS.has(code) ? retryAfterMs(answer, signals.text, now) : undefined;
  return {
    code,
    origin: rule?.origin ?? facts.origin,
    recoverable: rule?.recoverable ?? facts.recoverable,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    provider: answer.provider,
    detail: facts.sentence,
  };
}
