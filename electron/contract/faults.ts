import { z } from 'zod';
import { FAULT_CODES, FAULT_ORIGINS } from './names.ts';

export const faultCode = z.enum(FAULT_CODES);
export type FaultCode = z.infer<typeof faultCode>;
export const faultOrigin = z.enum(FAULT_ORIGINS);
export type FaultOrigin = z.infer<typeof faultOrigin>;

/** What went wrong, as a value. `detail` is one sentence for a person that says what to do; it is never parsed. */
export const fault = z.object({
  code: faultCode,
  origin: faultOrigin,
  /** Whether trying again can help. */
  recoverable: z.boolean(),
  /** Milliseconds the other side asked us to wait; absent when it did not say. */
  retryAfterMs: z.number().nonnegative().optional(),
  /** Provider or model id it happened at; absent when it happened on our side. */
  provider: z.string().optional(),
  /** The socket's own code (`ECONNREFUSED`, `ENOTFOUND` …); absent = no socket failed, or it did not say. */
  networkCode: z.string().optional(),
  /** Faults with the same one are one event: a lost engine process takes every answer with it. Absent = it stands alone. */
  incident: z.string().optional(),
  detail: z.string(),
});
export type Fault = z.infer<typeof fault>;

/** Carries a fault through code that throws; the port and the API turn it back into the value. */
export class FaultError extends Error {
  readonly fault: Fault;
  /** The trace that was stored of it; absent = none. */
  readonly traceId?: string;
  constructor(fault: Fault, traceId?: string) {
    super(fault.detail);
    this.name = 'FaultError';
    this.fault = fault;
    if (traceId !== undefined) this.traceId = traceId;
  }
}

/** Refuses what a person or program asked for, with one sentence that says what to do. */
export const refuse = (detail: string, code: FaultCode = 'invalid_request'): FaultError =>
  new FaultError({ code, origin: 'user', recoverable: false, detail });
