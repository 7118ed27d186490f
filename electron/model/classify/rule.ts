import type { FaultCode } from '../../contract/faults.ts';
import type { AnswerPhase } from './types.ts';

/** One way to recognise a fault. Every condition that is there must hold; the first rule that holds decides. */
export interface ClassifyRule {
  readonly code: FaultCode | 'none';
  /** Any of these codes of the answer (see `signalsOf`). */
  readonly codes?: readonly string[];
  /** The answer's text. */
  readonly text?: RegExp;
  readonly status?: readonly number[];
  readonly phase?: readonly AnswerPhase[];
  /** The provider's name holds this. */
  readonly provider?: RegExp;
  /** Whom it is about when not whom the table says. */
  readonly origin?: 'model' | 'prompt' | 'infrastructure' | 'user';
  /** False where trying again cannot help although it can for others of this code. */
  readonly recoverable?: false;
}
