import { say } from '../../electron/contract/sentences/index.ts';
import type { Fault } from '../../electron/contract/faults.ts';

type Words = (text: string) => string;
let inWords: Words = (text) => text;

/** How sentences of the core are said in the window's language; until it is set they stay English. */
export function sayFaultsIn(words: Words): void {
  inWords = words;
}

/** A fault of the core as the window says it. */
export const heardFault = (fault: Fault): Fault => ({ ...fault, detail: inWords(fault.detail) });

/** A call or stream that failed, with the core's fault in the window's language. `message` is the sentence to show. */
export class LinkError extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    const heard = heardFault(fault);
    super(heard.detail);
    this.name = 'LinkError';
    this.fault = heard;
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
