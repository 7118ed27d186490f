import type { Timers } from '../base/timers.ts';
import { writingSpeed } from '../base/tokens.ts';
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
    const measured = !faulted && usage.tokensOut >= LEAST_TOKENS;
    const tokensPerSecond = measured ? writingSpeed(usage.tokensOut, decodeMs) : null;
    return [{ modelId, faulted, firstTokenMs, tokensPerSecond }];
  });
}

/** What is seen waits so long for company before it is stored, in ms: no answer waits for the disk. */
const WAIT_MS = 1000;

/** Gathers what attempts tell and stores it a moment later, all at once; ending stores the rest. */
export function createObserver(deps: {
  readonly record: (seen: readonly Observation[]) => void;
  readonly timers: Timers;
  readonly onError: (error: unknown) => void;
}) {
  let waiting: Observation[] = [];
  let cancel: (() => void) | null = null;
  const flush = (): void => {
    cancel?.();
    cancel = null;
    const seen = waiting;
    waiting = [];
    if (seen.length === 0) return;
    try {
      deps.record(seen);
    } catch (error) {
      deps.onError(error);
    }
  };
  return {
    add(attempts: Parameters<typeof observationsOf>[0]): void {
      waiting.push(...observationsOf(attempts));
      if (waiting.length > 0) cancel ??= deps.timers.after(WAIT_MS, flush);
    },
    dispose: flush,
  };
}
