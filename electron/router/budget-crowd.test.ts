import { describe, expect, it } from 'vitest';
import { executionKit, planOf } from '../../test/support/execution-kit.ts';
import { cloudEntry, localEntry } from '../../test/support/model-entry.ts';
import { saying } from '../../test/support/scripted-provider.ts';
import type { Act } from '../../test/support/scripted-provider.ts';
import { createVirtualTime } from '../../test/support/virtual-time.ts';
import type { DraftPlan, Limits } from '../contract/policy.ts';
import type { ModelRequest } from '../model/model.ts';
import { createBudget } from './budget.ts';
import type { BudgetLimits } from './budget.ts';
import { createCalendar } from './budget-period.ts';

const ASKERS = 50;
/** What a model writes that nobody stops, in tokens. */
const ENDLESS = 1_000_000;
const MOST_TOKENS = 1000;
/** Ten tokens in and the longest answer, at $2.50 and $10 for a million, in USD. */
const MOST_USD = (10 * 2.5 + MOST_TOKENS * 10) / 1e6;
/** Not quite enough for five whole answers, in USD. */
const LIMIT = 4.7 * MOST_USD;

const big = cloudEntry('acme/big');
const other = cloudEntry('acme/other');
const local = localEntry('local/m');
const priced = (model: typeof big) => ({ model, mostUsd: MOST_USD, maxTokens: MOST_TOKENS });

type Scope = 'turn' | 'day' | 'month' | 'provider' | 'token';
const SCOPES: readonly Scope[] = ['turn', 'day', 'month', 'provider', 'token'];
const only = (scope: Scope): BudgetLimits => ({
  perTurnUsd: scope === 'turn' ? LIMIT : null,
  usdPerDay: scope === 'day' ? LIMIT : null,
  usdPerMonth: scope === 'month' ? LIMIT : null,
  providers: scope === 'provider' ? { acme: LIMIT } : {},
});

/** Writes as much as it is let, and says so. */
const greedy = ({ sampling }: ModelRequest): Act => ({
  event: {
    kind: 'end',
    finish: 'stop',
    usage: { tokensIn: 10, tokensCached: 0, tokensOut: sampling.maxTokens ?? ENDLESS },
    timings: { queueMs: 0, loadMs: 0, prefillMs: 0, decodeMs: 0, tokensPerSecond: null },
    attributes: { meanProbability: 0.1 },
  },
});

interface Case {
  readonly limits?: Partial<Limits>;
  readonly draft?: Partial<DraftPlan>;
  readonly hold?: boolean;
  /** The asker goes after so many ms. */
  readonly leavesAfterMs?: number;
  readonly acts: (nth: number, request: ModelRequest) => readonly Act[];
}

const cases: readonly (readonly [string, Case])[] = [
  ['that writes all it may', { acts: (_, request) => [{ say: 'words' }, greedy(request)] }],
  ['that is heard in one piece', { hold: true, acts: (_, request) => [{ say: 'words' }, greedy(request)] }],
  [
    'that fails in every other call',
    { acts: (nth, request) => (nth % 2 ? [{ fault: 'overloaded' }] : [{ say: 'words' }, greedy(request)]) },
  ],
  [
    'that breaks off after its first words',
    { acts: (nth, request) => [{ say: 'words' }, nth % 2 ? { fault: 'network' } : greedy(request)] },
  ],
  [
    'that is slow, so that a second one is asked as well',
    {
      limits: { hedgeAfterMs: 100, retryBudget: 1 },
      acts: (_, request) => [{ wait: 500 }, { say: 'words' }, greedy(request)],
    },
  ],
  [
    'whose drafts are never good enough',
    {
      draft: { minConfidence: 0.9, selfConsistencyTokens: 200, samples: 5 },
      acts: (_, request) => [{ say: 'words' }, greedy(request)],
    },
  ],
  [
    'that is left in the middle',
    { leavesAfterMs: 50, acts: () => [{ say: 'words' }, { wait: 100 }, { say: 'more' }, { end: 'stop' }] },
  ],
  [
    'that is left before its first word',
    { leavesAfterMs: 50, acts: (_, request) => [{ wait: 100 }, { say: 'words' }, greedy(request)] },
  ],
];

describe.each(SCOPES)('a nearly spent budget of one %s', (scope) => {
  it.each(cases)('holds when 50 at once ask a model %s, and nothing stays held', async (_, made) => {
    const { clock } = createVirtualTime();
    const calendar = createCalendar(() => 'UTC');
    const ledger = { sums: () => ({ costUsd: 0, byProvider: new Map(), byToken: new Map() }) };
    const token = { name: 'ci', usdPerDay: scope === 'token' ? LIMIT : null };
    const limits = only(scope);
    let overruns = 0;
    const budget = createBudget({ clock, calendar, ledger, limits: () => limits, onOverrun: () => void overruns++ });
    const kit = executionKit((id, nth, request) => (id === local.id ? saying('from here') : made.acts(nth, request)), {
      budget,
    });
    const plan = planOf([priced(big), priced(other), local], made.limits, made.draft ?? null);
    const leave = new AbortController();
    if (made.leavesAfterMs !== undefined)
      kit.time.timers.after(made.leavesAfterMs, () => {
        leave.abort();
      });
    const all = Array.from({ length: ASKERS }, (__, number) =>
      kit.start(plan, { traceId: `t${String(number)}`, token, hold: made.hold ?? false, signal: leave.signal }),
    );
    const ran = await kit.time.until(Promise.all(all));
    const costs = ran.map(({ outcome }) => outcome.costUsd);
    const spent = costs.reduce((sum, usd) => sum + usd, 0);
    if (scope === 'turn') for (const usd of costs) expect(usd).toBeLessThanOrEqual(LIMIT);
    else expect(spent).toBeLessThanOrEqual(LIMIT);
    expect(overruns).toBe(0);
    expect(kit.called().some((id) => id !== local.id)).toBe(true);
    // Who could not be paid for was answered here, and told so.
    const here = ran.filter(({ outcome }) => outcome.model?.id === local.id);
    if (scope !== 'turn' && made.leavesAfterMs === undefined) expect(here.length).toBeGreaterThan(ASKERS / 2);
    for (const { text, outcome } of here) {
      expect(text).toBe('from here');
      expect(outcome.degradedReason).not.toBeNull();
    }
    const left = budget.leftUsd('acme', token);
    expect(left).toBeCloseTo(scope === 'turn' ? Infinity : LIMIT - spent, 9);
  });
});
