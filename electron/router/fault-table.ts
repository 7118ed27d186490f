import { FAULT_FACTS, makeFault } from '../contract/fault-facts.ts';
import type { FaultFacts } from '../contract/fault-facts.ts';
import type { FaultCode } from '../contract/faults.ts';

export { makeFault };

/** What may be done about a fault while nothing of the reply is visible yet. */
export type FaultAction =
  /** Ask the same model once more, then the next step. */
  | 'retry'
  /** Go to the next model of the ladder at once. */
  | 'next'
  /** Shorten the history and ask again. */
  | 'trim'
  /** End the turn: nobody else would do better, or a person has to act. */
  | 'fail';

/** One row of the table in ARCHITECTURE.md. */
export interface FaultRule extends FaultFacts {
  readonly action: FaultAction;
  /** Whether a breaker counts it as a loss of the model. */
  readonly breaks: boolean;
}

const rule = (code: FaultCode, action: FaultAction, breaks: boolean): FaultRule => ({
  ...FAULT_FACTS[code],
  action,
  breaks,
});

/** Every fault code with its facts and what is done about it. */
export const FAULT_TABLE: Readonly<Record<FaultCode, FaultRule>> = {
  auth: rule('auth', 'next', true),
  quota: rule('quota', 'next', true),
  rate_limit: rule('rate_limit', 'next', false),
  overloaded: rule('overloaded', 'retry', true),
  server_error: rule('server_error', 'retry', true),
  timeout: rule('timeout', 'retry', true),
  network: rule('network', 'retry', true),
  offline: rule('offline', 'next', false),
  not_ready: rule('not_ready', 'next', false),
  not_found: rule('not_found', 'next', false),
  context_length: rule('context_length', 'trim', false),
  content_filter: rule('content_filter', 'fail', false),
  invalid_request: rule('invalid_request', 'fail', false),
  malformed_output: rule('malformed_output', 'retry', false),
  empty_output: rule('empty_output', 'retry', false),
  degenerate_output: rule('degenerate_output', 'retry', false),
  truncated: rule('truncated', 'retry', false),
  refused: rule('refused', 'fail', false),
  local_oom: rule('local_oom', 'next', true),
  gpu_lost: rule('gpu_lost', 'retry', true),
  local_crash: rule('local_crash', 'retry', true),
  model_file_corrupt: rule('model_file_corrupt', 'next', false),
  conflict: rule('conflict', 'retry', false),
  budget: rule('budget', 'fail', false),
  private_only: rule('private_only', 'fail', false),
  no_candidate: rule('no_candidate', 'fail', false),
  unverified: rule('unverified', 'retry', false),
  cancelled: rule('cancelled', 'fail', false),
  storage_full: rule('storage_full', 'fail', false),
  storage_corrupt: rule('storage_corrupt', 'fail', false),
  unknown: rule('unknown', 'retry', true),
  internal: rule('internal', 'fail', false),
};
