import { say } from '../../electron/contract/sentences/index.ts';
import type { Fault } from '../../electron/contract/faults.ts';

/** A call or stream that failed, with the core's fault. `message` is the sentence to show. */
export class LinkError extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.detail);
    this.name = 'LinkError';
    this.fault = fault;
  }
}

/** The fault in anything caught. */
export function faultOf(error: unknown): Fault {
  if (error instanceof LinkError) return error.fault;
  const detail = error instanceof Error ? error.message : String(error);
  return { code: 'internal', origin: 'infrastructure', recoverable: false, detail };
}

export const lostFault = (): Fault => ({
  code: 'internal',
  origin: 'infrastructure',
  recoverable: true,
  detail: say('said.core.stopped'),
});
