import { refuse } from '../../contract/faults.ts';
import type { HandlersOf, Services } from '../services.ts';

/** What happened and what it used. */
export const traceHandlers = ({ traces }: Services): HandlersOf<'trace.list' | 'trace.get' | 'usage.list'> => ({
  'trace.list': ({ filter, before, limit }) => traces.list(filter, before ?? null, limit),
  'trace.get': ({ traceId }) => {
    const trace = traces.get(traceId);
    if (!trace) throw refuse('This trace is not there: it may have been removed.', 'not_found');
    return trace;
  },
  'usage.list': ({ since, until }) => {
    const entries = traces.usage(since, until);
    return { entries, totalCostUsd: entries.reduce((sum, { costUsd }) => sum + costUsd, 0) };
  },
});
