import type { Fault, FaultCode, FaultOrigin } from './faults.ts';

/** What is true of a fault code wherever it happens. */
export interface FaultFacts {
  /** Who it is about; a place that knows better says so in the fault itself. */
  readonly origin: FaultOrigin;
  /** Whether trying again, now, later or after a change, can help. */
  readonly recoverable: boolean;
  /** One sentence for a person, when the place it happened at has no better one. */
  readonly sentence: string;
}

const facts = (origin: FaultOrigin, recoverable: boolean, sentence: string): FaultFacts => ({
  origin,
  recoverable,
  sentence,
});

/** Every fault code; router/fault-table.ts says what is done about each. */
export const FAULT_FACTS: Readonly<Record<FaultCode, FaultFacts>> = {
  auth: facts('user', false, 'The key was refused; enter a working key.'),
  quota: facts('user', false, 'The account has no credit left; top it up or choose another model.'),
  rate_limit: facts('infrastructure', true, 'Too many requests at once; wait a moment and try again.'),
  overloaded: facts('infrastructure', true, 'The provider is overloaded; try again in a minute.'),
  server_error: facts('infrastructure', true, 'The provider failed; try again.'),
  timeout: facts('infrastructure', true, 'No answer came in time; try again or choose a smaller model.'),
  network: facts('infrastructure', true, 'The connection broke; check the network and try again.'),
  offline: facts('infrastructure', true, 'This machine is offline; a local model can still answer.'),
  not_ready: facts('infrastructure', true, 'The model is still loading; try again in a moment.'),
  not_found: facts('user', false, 'The model is not there any more; choose another.'),
  context_length: facts(
    'prompt',
    true,
    'The message is longer than the model can read; shorten it or choose a model with a larger context.',
  ),
  content_filter: facts('prompt', false, 'The provider declined to answer this message.'),
  invalid_request: facts('prompt', false, 'The request was not understood.'),
  malformed_output: facts('model', true, 'The model answered in a wrong format; regenerate the reply.'),
  empty_output: facts('model', true, 'The model answered nothing; regenerate or choose another model.'),
  degenerate_output: facts('model', true, 'The model kept repeating itself, so the reply was stopped.'),
  truncated: facts('prompt', true, 'The reply was cut off; ask to continue or raise the limit.'),
  refused: facts('model', false, 'The model declined to answer.'),
  local_oom: facts('infrastructure', true, 'There is not enough memory for this model; choose a smaller one.'),
  gpu_lost: facts('infrastructure', true, 'The graphics card stopped answering; try again.'),
  local_crash: facts('infrastructure', true, 'The engine process ended; the next message starts it again.'),
  model_file_corrupt: facts('user', false, 'The model file is damaged; download or import it again.'),
  conflict: facts('infrastructure', true, 'Something else changed this at the same time; try again.'),
  budget: facts('user', false, 'The budget is used up; raise it in Settings or use a local model.'),
  private_only: facts('user', false, 'This conversation is private, so only local models may answer.'),
  no_candidate: facts('user', false, 'No model can answer; import one in Models or choose another route.'),
  unverified: facts('model', true, 'The reply could not be verified.'),
  cancelled: facts('user', false, 'Stopped.'),
  storage_full: facts(
    'infrastructure',
    false,
    'The reply could not be stored: free some disk space, then send the message again.',
  ),
  storage_corrupt: facts(
    'infrastructure',
    false,
    'The database is damaged: restore a backup; what can still be read stays readable.',
  ),
  unknown: facts('infrastructure', true, 'Something failed that was not recognised; try again.'),
  internal: facts('infrastructure', false, 'Switchyard made a mistake here; the log says more.'),
};

/** A fault with the table's origin and recoverability; `detail` absent = the table's sentence. */
export function makeFault(code: FaultCode, detail?: string, provider?: string): Fault {
  const { origin, recoverable, sentence } = FAULT_FACTS[code];
  return {
    code,
    origin,
    recoverable,
    ...(provider === undefined ? {} : { provider }),
    detail: detail ?? sentence,
  };
}
