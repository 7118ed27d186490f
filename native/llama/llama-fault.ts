import type { Fault, FaultCode, FaultOrigin } from '../../electron/contract/faults.ts';

export const NO_USAGE = { tokensIn: 0, tokensCached: 0, tokensOut: 0 };

const ORIGINS: Partial<Record<FaultCode, FaultOrigin>> = {
  context_length: 'prompt',
  invalid_request: 'prompt',
  model_file_corrupt: 'user',
  not_found: 'user',
};
const FINAL: ReadonlySet<FaultCode> = new Set(['model_file_corrupt', 'not_found', 'invalid_request', 'context_length']);

/** A fault of the engine by its code; the fault table says whose it is and whether trying again can help. */
export const faultOf = (code: FaultCode, detail: string): Fault => ({
  code,
  origin: ORIGINS[code] ?? 'infrastructure',
  recoverable: !FINAL.has(code),
  detail,
});
