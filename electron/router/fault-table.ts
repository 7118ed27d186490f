import type { Fault, FaultCode, FaultOrigin } from '../contract/faults.ts';

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
export interface FaultRule {
  readonly origin: FaultOrigin;
  /** Whether trying again, now or later, can help. */
  readonly recoverable: boolean;
  readonly action: FaultAction;
  /** Whether a breaker counts it as a loss of the model. */
  readonly breaks: boolean;
  /** One sentence for a person, when the place it happened at has no better one. */
  readonly sentence: string;
}

const rule = (
  origin: FaultOrigin,
  recoverable: boolean,
  action: FaultAction,
  breaks: boolean,
  sentence: string,
): FaultRule => ({ origin, recoverable, action, breaks, sentence });

/** Every fault code with its default origin and what is done about it. */
export const FAULT_TABLE: Readonly<Record<FaultCode, FaultRule>> = {
  auth: rule('user', false, 'next', true, 'The key was refused; enter a working key.'),
  quota: rule('user', false, 'next', true, 'The account has no credit left; top it up or choose another model.'),
  rate_limit: rule('infrastructure', true, 'next', false, 'Too many requests at once; wait a moment and try again.'),
  overloaded: rule('infrastructure', true, 'retry', true, 'The provider is overloaded; try again in a minute.'),
  server_error: rule('infrastructure', true, 'retry', true, 'The provider failed; try again.'),
  timeout: rule('infrastructure', true, 'retry', true, 'No answer came in time; try again or choose a smaller model.'),
  network: rule('infrastructure', true, 'retry', true, 'The connection broke; check the network and try again.'),
  offline: rule('infrastructure', true, 'next', false, 'This machine is offline; a local model can still answer.'),
  not_ready: rule('infrastructure', true, 'next', false, 'The model is still loading; try again in a moment.'),
  not_found: rule('user', false, 'next', false, 'The model is not there any more; choose another.'),
  context_length: rule(
    'prompt',
    false,
    'trim',
    false,
    'The message is longer than the model can read; shorten it or choose a model with a larger context.',
  ),
  content_filter: rule('prompt', false, 'fail', false, 'The provider declined to answer this message.'),
  invalid_request: rule('prompt', false, 'fail', false, 'The request was not understood.'),
  malformed_output: rule('model', true, 'retry', false, 'The model answered in a wrong format; regenerate the reply.'),
  empty_output: rule('model', true, 'retry', false, 'The model answered nothing; regenerate or choose another model.'),
  degenerate_output: rule('model', true, 'retry', false, 'The model kept repeating itself, so the reply was stopped.'),
  truncated: rule('prompt', true, 'retry', false, 'The reply was cut off; ask to continue or raise the limit.'),
  refused: rule('model', false, 'fail', false, 'The model declined to answer.'),
  local_oom: rule(
    'infrastructure',
    true,
    'next',
    true,
    'There is not enough memory for this model; choose a smaller one.',
  ),
  gpu_lost: rule('infrastructure', true, 'retry', true, 'The graphics card stopped answering; try again.'),
  local_crash: rule(
    'infrastructure',
    true,
    'retry',
    true,
    'The engine process ended; the next message starts it again.',
  ),
  model_file_corrupt: rule('user', false, 'next', false, 'The model file is damaged; download or import it again.'),
  conflict: rule('infrastructure', true, 'fail', false, 'Something else changed this at the same time; try again.'),
  budget: rule('user', false, 'fail', false, 'The budget is used up; raise it in Settings or use a local model.'),
  private_only: rule('user', false, 'fail', false, 'This conversation is private, so only local models may answer.'),
  no_candidate: rule(
    'user',
    false,
    'fail',
    false,
    'No model can answer; import one in Models or choose another route.',
  ),
  unverified: rule('model', true, 'retry', false, 'The reply could not be verified.'),
  cancelled: rule('user', false, 'fail', false, 'Stopped.'),
  storage_full: rule(
    'infrastructure',
    false,
    'fail',
    false,
    'The reply could not be stored: free some disk space, then send the message again.',
  ),
  storage_corrupt: rule(
    'infrastructure',
    false,
    'fail',
    false,
    'The database is damaged: restore a backup; what can still be read stays readable.',
  ),
  unknown: rule('infrastructure', true, 'retry', true, 'Something failed that was not recognised; try again.'),
  internal: rule('infrastructure', false, 'fail', false, 'Switchyard made a mistake here; the log says more.'),
};

/** A fault with the table's origin and recoverability; `detail` absent = the table's sentence. */
export function makeFault(code: FaultCode, detail?: string, provider?: string): Fault {
  const { origin, recoverable, sentence } = FAULT_TABLE[code];
  return {
    code,
    origin,
    recoverable,
    ...(provider === undefined ? {} : { provider }),
    detail: detail ?? sentence,
  };
}
