import type { Clock } from '../base/clock.ts';
import { makeFault } from '../contract/fault-facts.ts';
import type { Fault } from '../contract/faults.ts';
import type { BudgetLine } from '../contract/providers.ts';

/** One call to a model that may cost something. */
export interface BudgetAsk {
  /** The turn: its calls share the limit of a turn. */
  readonly traceId: string;
  readonly providerId: string;
  /** Token of the local API; null = none. */
  readonly tokenName: string | null;
  /** What that token may spend a day, in USD; null = no limit of its own. */
  readonly tokenUsdPerDay: number | null;
  /** Worst case of this call, in USD. */
  readonly mostUsd: number;
}

/** Money held for one call. Exactly one of the two ends it; later calls do nothing. */
export interface BudgetHold {
  /** The call is over and cost this much, in USD. */
  settle(usd: number): void;
  /** The call cost nothing. */
  release(): void;
}

export type Reserved = { readonly ok: true; readonly hold: BudgetHold } | { readonly ok: false; readonly fault: Fault };

/** Limits in USD; null = none. */
export interface BudgetLimits {
  readonly perTurnUsd: number | null;
  readonly usdPerDay: number | null;
  readonly usdPerMonth: number | null;
  /** By provider id, a day. */
  readonly providers: Readonly<Record<string, number | null>>;
}

/** What the ledger says was spent since a moment, in USD. */
export interface SpentReader {
  spentUsd(since: number, by?: { readonly providerId?: string; readonly tokenName?: string }): number;
}

export interface Budget {
  /** Holds the worst case, or says which limit stands in the way. Synchronous: two calls can never both take the last cent. */
  reserve(ask: BudgetAsk): Reserved;
  /** What a call may still cost at most, in USD; Infinity = no limit. */
  leftUsd(providerId: string, token?: { readonly name: string; readonly usdPerDay: number | null } | null): number;
  /** Why nothing is left, one sentence; null when something is. */
  wordsFor(providerId: string): string | null;
  lines(): BudgetLine[];
}

type Scope = BudgetLine['scope'];
interface Counter {
  readonly scope: Scope;
  readonly name: string | null;
  /** Epoch ms from which on `spent` counts. */
  since: number;
  spent: number;
  reserved: number;
}

const usd = (value: number): string => `$${value < 0.01 && value > 0 ? value.toFixed(4) : value.toFixed(2)}`;
/** Sums of money are kept to a billionth of a dollar, so that a long day of adding makes no cent. */
const tidy = (value: number): number => Math.round(value * 1e9) / 1e9;
const money = (value: number): number => (Number.isFinite(value) && value > 0 ? value : 0);

const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0);
const startOfMonth = (at: number): number => {
  const day = new Date(startOfDay(at));
  return day.setDate(1);
};
const nextDay = (at: number): number => {
  const day = new Date(startOfDay(at));
  return day.setDate(day.getDate() + 1);
};
const nextMonth = (at: number): number => {
  const day = new Date(startOfMonth(at));
  return day.setMonth(day.getMonth() + 1);
};

/** Turns whose limit is remembered; the oldest is forgotten first, its calls are long over. */
const MOST_TURNS = 2000;

/**
 * Money: estimate, reserve, settle. What was spent is read from the ledger once for each day, month, provider and token, and
 * counted here from then on; days and months are those of this machine's calendar.
 */
export function createBudget(deps: {
  readonly clock: Pick<Clock, 'now'>;
  readonly limits: () => BudgetLimits;
  readonly ledger: SpentReader;
  /** A hold turned out too small: the price or the estimate is wrong. */
  readonly onOverrun?: (ask: BudgetAsk, usd: number) => void;
}): Budget {
  const { clock, ledger } = deps;
  const counters = new Map<string, Counter>();
  const turns = new Map<string, Counter>();

  const counter = (scope: Exclude<Scope, 'turn'>, name: string | null): Counter => {
    const now = clock.now();
    const since = scope === 'month' ? startOfMonth(now) : startOfDay(now);
    const key = `${scope}:${name ?? ''}`;
    const known = counters.get(key);
    if (known?.since === since) return known;
    const by = scope === 'provider' ? { providerId: name ?? '' } : scope === 'token' ? { tokenName: name ?? '' } : {};
    // Calls under way since yesterday are still held: they are settled into the new day.
    const fresh: Counter = {
      scope,
      name,
      since,
      spent: money(ledger.spentUsd(since, by)),
      reserved: known?.reserved ?? 0,
    };
    if (known) Object.assign(known, fresh);
    else counters.set(key, fresh);
    return known ?? fresh;
  };
  const turnCounter = (traceId: string): Counter => {
    const known = turns.get(traceId);
    if (known) return known;
    const fresh: Counter = { scope: 'turn', name: null, since: 0, spent: 0, reserved: 0 };
    turns.set(traceId, fresh);
    for (const [oldest, { reserved }] of turns) {
      if (turns.size <= MOST_TURNS) break;
      if (reserved === 0) turns.delete(oldest);
    }
    return fresh;
  };

  /** Every limit that this call counts against. */
  const against = (ask: Omit<BudgetAsk, 'mostUsd'>): { counter: Counter; limit: number | null }[] => {
    const limits = deps.limits();
    return [
      { counter: turnCounter(ask.traceId), limit: limits.perTurnUsd },
      { counter: counter('day', null), limit: limits.usdPerDay },
      { counter: counter('month', null), limit: limits.usdPerMonth },
      { counter: counter('provider', ask.providerId), limit: limits.providers[ask.providerId] ?? null },
      ...(ask.tokenName === null ? [] : [{ counter: counter('token', ask.tokenName), limit: ask.tokenUsdPerDay }]),
    ];
  };
  const left = ({ spent, reserved }: Counter, limit: number): number => tidy(limit - spent - reserved);

  const words = ({ scope, name }: Counter, limit: number, remains: number): string => {
    const now = clock.now();
    const day = new Date(nextDay(now)).toLocaleDateString('en-GB', { day: 'numeric', month: 'long' });
    const month = new Date(nextMonth(now)).toLocaleDateString('en-GB', { day: 'numeric', month: 'long' });
    const rest = `${usd(Math.max(0, remains))} of ${usd(limit)} is left`;
    switch (scope) {
      case 'turn':
        return `This turn may cost ${usd(limit)} at most and ${usd(Math.max(0, remains))} of it is left: raise the limit for a turn in Settings, or use a local model.`;
      case 'day':
        return `Of today’s budget ${rest}: it starts again on ${day}; raise it in Settings, or use a local model.`;
      case 'month':
        return `Of this month’s budget ${rest}: it starts again on ${month}; raise it in Settings, or use a local model.`;
      case 'provider':
        return `Of today’s budget for ${name ?? 'this provider'} ${rest}: it starts again on ${day}; raise it under Models, or use another model.`;
      case 'token':
        return `Of today’s budget of the token “${name ?? ''}” ${rest}: it starts again on ${day}.`;
    }
  };

  return {
    reserve(ask) {
      const mostUsd = tidy(money(ask.mostUsd));
      const all = against(ask);
      if (mostUsd > 0)
        for (const { counter: held, limit } of all) {
          if (limit === null) continue;
          const remains = left(held, limit);
          if (mostUsd > remains)
            return { ok: false, fault: makeFault('budget', words(held, limit, remains), ask.providerId) };
        }
      for (const { counter: held } of all) held.reserved = tidy(held.reserved + mostUsd);
      let open = true;
      const end = (spentUsd: number) => {
        if (!open) return;
        open = false;
        const cost = tidy(money(spentUsd));
        // Day, month and provider may have begun anew meanwhile: the counters are those of now.
        for (const { counter: held } of all) {
          held.reserved = Math.max(0, tidy(held.reserved - mostUsd));
          held.spent = tidy(held.spent + cost);
        }
        if (cost > mostUsd) deps.onOverrun?.(ask, cost);
      };
      return { ok: true, hold: { settle: end, release: () => end(0) } };
    },
    leftUsd(providerId, token = null) {
      const limits = deps.limits();
      const rest = [
        limits.perTurnUsd === null ? Infinity : limits.perTurnUsd,
        limits.usdPerDay === null ? Infinity : left(counter('day', null), limits.usdPerDay),
        limits.usdPerMonth === null ? Infinity : left(counter('month', null), limits.usdPerMonth),
      ];
      const own = limits.providers[providerId] ?? null;
      if (own !== null) rest.push(left(counter('provider', providerId), own));
      if (token && token.usdPerDay !== null) rest.push(left(counter('token', token.name), token.usdPerDay));
      return Math.max(0, Math.min(...rest));
    },
    wordsFor(providerId) {
      const limits = deps.limits();
      const own = limits.providers[providerId] ?? null;
      const lines: [Counter, number | null][] = [
        [counter('day', null), limits.usdPerDay],
        [counter('month', null), limits.usdPerMonth],
        [counter('provider', providerId), own],
      ];
      const tightest = lines
        .flatMap(([held, limit]) => (limit === null ? [] : [{ held, limit, remains: left(held, limit) }]))
        .toSorted((a, b) => a.remains - b.remains)[0];
      return tightest ? words(tightest.held, tightest.limit, tightest.remains) : null;
    },
    lines() {
      const limits = deps.limits();
      const now = clock.now();
      const line = (held: Counter, limitUsd: number | null, resetsAt: number): BudgetLine[] =>
        limitUsd === null
          ? []
          : [
              {
                scope: held.scope,
                name: held.name,
                limitUsd,
                spentUsd: held.spent,
                reservedUsd: held.reserved,
                resetsAt,
              },
            ];
      return [
        ...(limits.perTurnUsd === null
          ? []
          : [
              {
                scope: 'turn' as const,
                name: null,
                limitUsd: limits.perTurnUsd,
                spentUsd: 0,
                reservedUsd: 0,
                resetsAt: null,
              },
            ]),
        ...line(counter('day', null), limits.usdPerDay, nextDay(now)),
        ...line(counter('month', null), limits.usdPerMonth, nextMonth(now)),
        ...Object.entries(limits.providers).flatMap(([id, limit]) =>
          line(counter('provider', id), limit, nextDay(now)),
        ),
      ];
    },
  };
}
