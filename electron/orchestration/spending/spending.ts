import type { Clock } from '../../base/clock.ts';
import type { CallOutput } from '../../contract/calls.ts';
import type { Budget } from '../../router/budget.ts';
import { createCalendar } from '../../router/budget-period.ts';
import type { EgressRecords, UsageReader } from '../../storage/store.ts';

/** What was spent and saved, and what left the machine. */
export interface Spending {
  status(): CallOutput<'budget.status'>;
  egress: EgressRecords['list'];
}

export function createSpending(deps: {
  readonly budget: Pick<Budget, 'lines'>;
  readonly usage: UsageReader;
  readonly egress: Pick<EgressRecords, 'list'>;
  readonly clock: Pick<Clock, 'now'>;
}): Spending {
  const calendar = createCalendar();
  return {
    status() {
      const { from, until } = calendar.day(deps.clock.now());
      return { lines: deps.budget.lines(), savedTodayUsd: deps.usage.sums(from, until).savedUsd };
    },
    egress: (filter) => deps.egress.list(filter),
  };
}
