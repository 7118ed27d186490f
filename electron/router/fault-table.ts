import { FAULT_FACTS, makeFault } from '../contract/fault-facts.ts';
import type { FaultFacts } from '../contract/fault-facts.ts';
import type { Fault, FaultCode } from '../contract/faults.ts';

export { makeFault };

/** What may be done about a fault while nothing of the reply is visible yet. */
export type FaultAction =
  /** Ask the same model again, at most `retries` times, then the next step. */
  | 'retry'
  /** Wait as long as the other side asked and ask again; the next step when that is too long or was not said. */
  | 'wait'
  /** Go to the next step at once. */
  | 'next'
  /** Shorten the history and ask again; never as it was. */
  | 'trim'
  /** End the turn: nobody else would do better, or a person has to act. */
  | 'fail';

/** What a fault tells a breaker. */
export type BreakerEffect =
  | 'none'
  /** One loss of the model and, in the cloud, of its provider. */
  | 'loss'
  /** The provider may not be asked until its key changes. */
  | 'key'
  /** The provider may not be asked until the stated reset. */
  | 'quota'
  /** The model may not be asked until the settings change. */
  | 'gone';

/** One row of the table: what is true of a code and what is done about it. */
export interface FaultRule extends FaultFacts {
  readonly action: FaultAction;
  /** Most retries of one step for this fault; 0 unless the action is `retry` or `wait`. */
  readonly retries: number;
  readonly breaker: BreakerEffect;
}

const rule = (
  code: FaultCode,
  action: FaultAction,
  retries: number,
  breaker: BreakerEffect,
): readonly [FaultCode, FaultRule] => [code, { ...FAULT_FACTS[code], action, retries, breaker }];

/** Every fault code with its facts and what is done about it. */
export const FAULT_TABLE = Object.fromEntries([
  rule('auth', 'next', 0, 'key'),
  rule('quota', 'next', 0, 'quota'),
  rule('rate_limit', 'wait', 2, 'none'),
  rule('overloaded', 'retry', 2, 'loss'),
  rule('server_error', 'retry', 2, 'loss'),
  rule('timeout', 'retry', 1, 'loss'),
  rule('network', 'retry', 1, 'loss'),
  rule('offline', 'next', 0, 'none'),
  rule('not_ready', 'wait', 2, 'none'),
  rule('not_found', 'next', 0, 'gone'),
  rule('context_length', 'trim', 0, 'none'),
  rule('content_filter', 'fail', 0, 'none'),
  rule('invalid_request', 'fail', 0, 'none'),
  rule('malformed_output', 'retry', 1, 'none'),
  rule('empty_output', 'retry', 1, 'none'),
  rule('degenerate_output', 'retry', 1, 'none'),
  rule('truncated', 'retry', 1, 'none'),
  rule('refused', 'fail', 0, 'none'),
  rule('local_oom', 'next', 0, 'loss'),
  rule('gpu_lost', 'retry', 1, 'loss'),
  rule('local_crash', 'retry', 1, 'loss'),
  rule('model_file_corrupt', 'next', 0, 'none'),
  rule('conflict', 'retry', 1, 'none'),
  rule('budget', 'next', 0, 'none'),
  rule('private_only', 'next', 0, 'none'),
  rule('no_candidate', 'fail', 0, 'none'),
  rule('unverified', 'next', 0, 'none'),
  rule('cancelled', 'fail', 0, 'none'),
  rule('storage_full', 'fail', 0, 'none'),
  rule('storage_corrupt', 'fail', 0, 'none'),
  rule('unknown', 'retry', 1, 'loss'),
  rule('internal', 'fail', 0, 'none'),
]) as Readonly<Record<FaultCode, FaultRule>>;

/** What a fault tells a breaker. An answer that reached its limit is one; one that just broke off is a loss, as a connection that broke is. */
export const effectOf = ({ code, origin }: Fault): BreakerEffect =>
  code === 'truncated' && origin === 'infrastructure' ? 'loss' : FAULT_TABLE[code].breaker;
