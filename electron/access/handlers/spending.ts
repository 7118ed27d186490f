import type { HandlersOf, Services } from '../services.ts';

/** Budgets, and the log of what left the machine. */
export const spendingHandlers = ({
  spending,
  ledger,
}: Services): HandlersOf<'budget.status' | 'egress.list' | 'usage.sums' | 'usage.export'> => ({
  'budget.status': () => spending.status(),
  'usage.sums': async ({ since, until }) => ({ sums: await ledger.sums(since, until) }),
  'usage.export': ({ since, until, path }) => ledger.export(since, until, path),
  'egress.list': (filter) => spending.egress(filter),
});
