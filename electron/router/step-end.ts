import type { ModelEntry } from '../contract/entities/model.ts';
import type { Fault } from '../contract/faults.ts';
import type { CallEnd } from './call.ts';

/** How one step of the ladder ended. */
export type StepEnd =
  /** The turn is over: answered, stopped, or ended with text kept. */
  | {
      readonly kind: 'over';
      readonly at: number;
      readonly model: ModelEntry;
      readonly call: CallEnd | null;
      readonly fault: Fault | null;
      readonly degradedReason: string | null;
      readonly savedUsd: number;
    }
  /** Asked in vain, nothing visible. */
  | {
      readonly kind: 'failed';
      readonly at: number;
      readonly model: ModelEntry;
      readonly call: CallEnd | null;
      readonly fault: Fault;
      readonly degradedReason: string | null;
      readonly savedUsd: number;
    }
  /** Not asked at all. */
  | { readonly kind: 'skipped'; readonly at: number; readonly model: ModelEntry; readonly fault: Fault };
