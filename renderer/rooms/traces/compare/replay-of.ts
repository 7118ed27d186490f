import type { Trace } from '../../../../electron/contract/entities/trace.ts';

/** The trace it asks again; null = it is no replay. */
export const replayOf = (trace: Trace): string | null => {
  const value = trace.spans[0]?.attributes['replayOf'];
  return typeof value === 'string' ? value : null;
};
