import type { Fault } from '../contract/faults.ts';
import type { ModelUsage } from '../model/model.ts';

/** What a call was made for. */
export type AttemptRole = 'answer' | 'draft' | 'hedge' | 'check';
/** What was done about an attempt once it had ended. */
export type AttemptAction =
  | 'answered'
  | 'retried'
  | 'fell back'
  | 'waited'
  | 'trimmed'
  | 'escalated'
  | 'failed'
  /** Ended early with its text kept. */
  | 'kept'
  /** Another model was faster, or only the check needed it. */
  | 'dropped';

/** One call to a model: what it was for, how it ended and what it cost. */
export interface AttemptRecord {
  readonly modelId: string;
  readonly modelName: string;
  readonly providerId: string;
  readonly role: AttemptRole;
  readonly fault: Fault | null;
  readonly usage: ModelUsage;
  readonly costUsd: number;
  /** From its start to its first visible text; null = there was none. */
  readonly firstTokenMs: number | null;
  readonly ms: number;
  readonly waitedMs: number;
  readonly action: AttemptAction;
}
