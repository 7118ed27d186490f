import { say } from '../../contract/sentences/index.ts';
import { refuse } from '../../contract/faults.ts';
import { JsonAnswer } from '../../contract/json-answer.ts';
import type { HandlersOf, Services } from '../services.ts';

/** What happened and what it used. Read on a thread of its own: the window may ask for a lot. */
export const traceHandlers = ({
  traceReads: reads,
  diagnosing,
  traceViews,
  copying,
  exportState,
}: Services): HandlersOf<
  | 'trace.list'
  | 'trace.get'
  | 'trace.views'
  | 'trace.saveView'
  | 'trace.takeViews'
  | 'trace.removeView'
  | 'trace.messages'
  | 'trace.raw'
  | 'trace.copy'
  | 'trace.overview'
  | 'trace.breakers'
  | 'trace.diagnose'
  | 'trace.diagnosePeriod'
  | 'usage.savings'
  | 'usage.list'
  | 'export.state'
> => ({
  'export.state': () => exportState(),
  'trace.messages': ({ traceId }) => copying.messages(traceId),
  'trace.raw': ({ traceId }) => copying.raw(traceId),
  'trace.copy': (input) => copying.copy(input),
  'trace.views': () => ({ views: traceViews.all() }),
  'trace.saveView': ({ view, was }) => {
    traceViews.save(view, was);
    return {};
  },
  'trace.takeViews': ({ views }) => {
    traceViews.take(views);
    return {};
  },
  'trace.removeView': ({ name }) => {
    traceViews.remove(name);
    return {};
  },
  'trace.list': ({ filter, before, limit }) => reads.list(filter, before ?? null, limit),
  'trace.get': async ({ traceId }) => {
    const trace = await reads.get(traceId);
    if (trace.json === 'null') throw refuse(say('app.trace.gone'), 'not_found');
    return new JsonAnswer(trace.json);
  },
  'trace.diagnose': ({ traceId }) => diagnosing.trace(traceId),
  'trace.diagnosePeriod': ({ since, until }) => diagnosing.period(since, until),
  'trace.overview': (query) => reads.overview(query),
  'trace.breakers': ({ since, until }) => reads.breakers(since, until),
  'usage.savings': (query) => reads.savings(query),
  'usage.list': async ({ since, until }) => {
    const entries = (await reads.usage(since, until)).read();
    return { entries, totalCostUsd: entries.reduce((sum, { costUsd }) => sum + costUsd, 0) };
  },
});
