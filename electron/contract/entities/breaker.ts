import { z } from 'zod';
import { BREAKER_CLOSINGS, BREAKER_STATES, FAULT_CODES } from '../names.ts';
import { epochMs } from './chat.ts';

/** A breaker went from one state to another. */
export const breakerChange = z.object({
  at: epochMs,
  /** Whose breaker it is. */
  of: z.enum(['provider', 'model']),
  /** Id of the provider or the model. */
  subject: z.string(),
  state: z.enum(BREAKER_STATES),
  /** Opened or half-open: the fault that opened it. Closed: what closed it. */
  because: z.enum([...FAULT_CODES, ...BREAKER_CLOSINGS]),
  /** Open: when it lets a probe through; null = when a person changed something, and in every other state. */
  until: epochMs.nullable(),
});
export type BreakerChange = z.infer<typeof breakerChange>;

/** Changes in a time, oldest first, after the last one of each breaker that was not closed when it began. */
export const breakerHistory = z.object({
  changes: z.array(breakerChange),
  /** There were more: only the newest are here. */
  more: z.boolean(),
});
export type BreakerHistory = z.infer<typeof breakerHistory>;
