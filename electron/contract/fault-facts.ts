import type { Fault, FaultCode, FaultOrigin } from './faults.ts';
import { FAULT_SENTENCES } from './sentences/faults.ts';

/** What is true of a fault code wherever it happens. */
export interface FaultFacts {
  /** Who it is about; a place that knows better says so in the fault itself. */
  readonly origin: FaultOrigin;
  /** Whether trying again, now, later or after a change, can help. */
  readonly recoverable: boolean;
  /** One sentence for a person, when the place it happened at has no better one. */
  readonly sentence: string;
}

const facts = (code: FaultCode, origin: FaultOrigin, recoverable: boolean): readonly [FaultCode, FaultFacts] => [
  code,
  { origin, recoverable, sentence: FAULT_SENTENCES[code] },
];

/** Every fault code; router/fault-table.ts says what is done about each. */
export const FAULT_FACTS = Object.fromEntries([
  facts('auth', 'user', false),
  facts('quota', 'user', false),
  facts('rate_limit', 'infrastructure', true),
  facts('overloaded', 'infrastructure', true),
  facts('server_error', 'infrastructure', true),
  facts('timeout', 'infrastructure', true),
  facts('network', 'infrastructure', true),
  facts('offline', 'infrastructure', true),
  facts('not_ready', 'infrastructure', true),
  facts('not_found', 'user', false),
  facts('context_length', 'prompt', true),
  facts('content_filter', 'prompt', false),
  facts('invalid_request', 'prompt', false),
  facts('malformed_output', 'model', true),
  facts('empty_output', 'model', true),
  facts('degenerate_output', 'model', true),
  facts('truncated', 'prompt', true),
  facts('refused', 'model', false),
  facts('local_oom', 'infrastructure', true),
  facts('gpu_lost', 'infrastructure', true),
  facts('local_crash', 'infrastructure', true),
  facts('model_file_corrupt', 'user', false),
  facts('conflict', 'infrastructure', true),
  facts('budget', 'user', false),
  facts('private_only', 'user', false),
  facts('no_candidate', 'user', false),
  facts('unverified', 'model', true),
  facts('cancelled', 'user', false),
  facts('storage_full', 'infrastructure', false),
  facts('storage_corrupt', 'infrastructure', false),
  facts('unknown', 'infrastructure', true),
  facts('internal', 'infrastructure', false),
]) as Readonly<Record<FaultCode, FaultFacts>>;

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
