import type { HandlersOf, Services } from '../services.ts';

/** Budgets, and the log of what left the machine. */
export const spendingHandlers = ({ spending }: Services): HandlersOf<'budget.status' | 'egress.list'> => ({
  'budget.status': () => spending.status(),
  'egress.list': (filter) => spending.egress(filter),
});
