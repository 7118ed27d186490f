import type { Fault, FaultCode } from '../../electron/contract/faults.ts';

/** Codes whose request fails again until it was changed: shortened, or given more room. */
const NEEDS_CHANGE: ReadonlySet<FaultCode> = new Set(['context_length']);

/** What a person gains by sending the same again: it may work, it works only after a change, or it does not work. */
export type Again = 'as-it-is' | 'after-change' | 'never';

export function againHelps({ code, origin, recoverable }: Pick<Fault, 'code' | 'origin' | 'recoverable'>): Again {
  if (!recoverable) return 'never';
  // An answer cut by its own limit is cut again; one whose connection broke is not.
  const isCutByLimit = code === 'truncated' && origin === 'prompt';
  return NEEDS_CHANGE.has(code) || isCutByLimit ? 'after-change' : 'as-it-is';
}
