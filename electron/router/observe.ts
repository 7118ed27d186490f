import type { FaultCode } from '../contract/faults.ts';
import type { Observation } from '../storage/store.ts';
import type { AttemptRecord } from './attempt-record.ts';

/** Faults of this machine or this program: they say nothing about the model. */
const NOT_THE_MODELS: ReadonlySet<FaultCode> = new Set([
  'internal',
  'storage_full',
  'storage_corrupt',
  'conflict',
  'offline',
  'cancelled',
]);
/** Fewer tokens say nothing about speed. */
const LEAST_TOKENS = 8;

/** What attempts tell about their models. Attempts ended by somebody else tell nothing. */
export function observationsOf(
  attempts: readonly Pick<AttemptRecord, 'modelId' | 'fault' | 'usage' | 'firstTokenMs' | 'ms' | 'action'>[],
): Observation[] {
  return attempts.flatMap(({ modelId, fault, usage, firstTokenMs, ms, action }) => {
    if (action === 'dropped' || (fault && (fault.origin === 'user' || NOT_THE_MODELS.has(fault.code)))) return [];
    // A prompt that is too long or not allowed is no fault of the model.
    const faulted = fault !== null && fault.origin !== 'prompt';
    const decodeMs = firstTokenMs === null ? 0 : ms - firstTokenMs;
    const measured = !faulted && usage.tokensOut >= LEAST_TOKENS && decodeMs > 0;
    const tokensPerSecond = measured ? ((usage.tokensOut - 1) / decodeMs) * 1000 : null;
    return [{ modelId, faulted, firstTokenMs, tokensPerSecond }];
  });
}
