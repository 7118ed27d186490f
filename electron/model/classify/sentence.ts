import { FAULT_FACTS } from '../../contract/fault-facts.ts';
import type { FaultCode, FaultOrigin } from '../../contract/faults.ts';

const SENTENCES: Partial<Record<FaultCode, string>> = {
  auth: '{name} refused the key or the permission: check the key under Models.',
  quota: 'The credit or limit at {name} is used up: top it up there, or choose another model.',
  rate_limit: '{name} asks for fewer requests: wait{wait} and try again.',
  overloaded: '{name} is overloaded: try again{wait}, or choose another model.',
  server_error: '{name} failed: try again, or choose another model.',
  timeout: '{name} gave no answer in time: try again, or choose a smaller model.',
  network: 'The connection to {name} broke: check the network and try again.',
  not_ready: '{name} is still loading the model: try again{wait}.',
  not_found: '{name} does not have this model, or not any more: choose another.',
  context_length:
    'This is longer than the model of {name} can read: shorten it, or choose a model with a larger context.',
  content_filter: '{name} filtered this message: change its words, or choose another model.',
  invalid_request: '{name} did not accept the request: change it, or choose another model.',
  malformed_output: 'The model of {name} wrote an answer in a wrong format: regenerate it.',
  empty_output: '{name} answered nothing: regenerate, or choose another model.',
  truncated: 'The answer of {name} was cut off: ask to continue, or raise the limit.',
  refused: 'The model of {name} declined to answer: ask differently, or choose another model.',
  local_oom: 'There is not enough memory for this model at {name}: choose a smaller one.',
  gpu_lost: 'The graphics card stopped answering at {name}: try again.',
  local_crash: 'The engine of {name} ended: try again.',
  model_file_corrupt: 'The model file of {name} is damaged: download or import it again.',
  conflict: 'Something else changed this at {name} at the same time: try again.',
  unknown: '{name} answered something that was not recognised: try again; the trace keeps what it said.',
};

/** A filter, a cut and so on of the other side read differently from those of a message. */
const OF_THE_OTHER_SIDE: Partial<Record<`${FaultCode} ${FaultOrigin}`, string>> = {
  'content_filter model': '{name} filtered the answer of the model: ask differently, or choose another model.',
  'truncated infrastructure': 'The answer of {name} ended in the middle: try again.',
};

function wait(ms: number | null): string {
  if (ms === null || ms < 1000) return '';
  if (ms < 90_000) return ` in ${String(Math.ceil(ms / 1000))} seconds`;
  if (ms < 90 * 60_000) return ` in ${String(Math.ceil(ms / 60_000))} minutes`;
  return ` in ${String(Math.ceil(ms / 3_600_000))} hours`;
}

/** One sentence for a person: what happened, at whom, what to do. Holds nothing of the body. */
export function sentence(code: FaultCode, origin: FaultOrigin, name: string, waitMs: number | null): string {
  const words = OF_THE_OTHER_SIDE[`${code} ${origin}`] ?? SENTENCES[code] ?? FAULT_FACTS[code].sentence;
  const after = code === 'rate_limit' ? wait(waitMs).replace(' in ', ' ') : wait(waitMs);
  return words.replaceAll('{name}', name).replace('{wait}', after);
}
