import type { TraceView } from '../../contract/entities/trace.ts';
import { refuse } from '../../contract/faults.ts';
import { MOST_TRACE_VIEWS } from '../../contract/names.ts';
import { say } from '../../contract/sentences/index.ts';
import type { Store } from '../../storage/store.ts';
import type { Announce } from '../announce.ts';

/** Filters of the trace list that a person gave a name to. */
export interface TraceViews {
  all(): TraceView[];
  /** `was` = the name it had, where it gets another one. Refused when another view has that name, or there are too many. */
  save(view: TraceView, was?: string): void;
  /** Views from elsewhere: those whose name is taken, and those too many, stay out. */
  take(views: readonly TraceView[]): void;
  remove(name: string): void;
}

export function createTraceViews({
  store,
  announce,
}: {
  readonly store: Pick<Store, 'traceViews'>;
  readonly announce: Announce;
}): TraceViews {
  const { traceViews: records } = store;
  const changed = (): void => announce.topics(['trace-views']);
  return {
    all: () => records.all(),
    save(view, was) {
      if (was === undefined && records.all().length >= MOST_TRACE_VIEWS)
        throw refuse(say('app.trace.views_many', { count: MOST_TRACE_VIEWS }));
      if (!records.save(view, was)) throw refuse(say('app.trace.view_taken', { name: view.name }), 'conflict');
      changed();
    },
    take(views) {
      for (const view of views) if (records.all().length < MOST_TRACE_VIEWS) records.save(view);
      changed();
    },
    remove(name) {
      records.remove(name);
      changed();
    },
  };
}
