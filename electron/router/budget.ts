import { say } from '../contract/sentences/index.ts';
import type { Clock } from '../base/clock.ts';
import type { Config } from '../contract/config.ts';
import type { Fault } from '../contract/faults.ts';
import { makeFault } from '../contract/fault-facts.ts';
import type { BudgetLine } from '../contract/providers.ts';
import type { PendingCosts } from '../storage/store.ts';
import { createBudgetBook, type BudgetBook } from './budget-book.ts';
import { createCalendar, type Calendar } from './budget-period.ts';
import { fromNano, showUsd, toNano } from './money.ts';

/** What one call to a model may cost at worst, and whom it counts for. */
export interface BudgetAsk {
  readonly traceId: string;
  readonly providerId: string;
  readonly modelId: string;
  /** Token of the local API it was asked with; null = none. */
  readonly tokenName: string | null;
  /** Limit of that token for a day; null = none. */
  readonly tokenUsdPerDay: number | null;
  /** Worst case: prompt at full price and the longest answer. 0 = free, always allowed. */
  readonly mostUsd: number;
}

/** Money held for one call. Whatever comes first of the two counts; calling again changes nothing. */
export interface BudgetHold {
  /** The call is over and cost this. After `release` the money counts all the same: it was spent. */
  settle(usd: number): void;
  /** The call was never made, or cost nothing. */
  release(): void;
}

export type Reserved = { readonly ok: true; readonly hold: BudgetHold } | { readonly ok: false; readonly fault: Fault };

/** Limits in USD; null = none, 0 = nothing may be spent. */
export interface BudgetLimits {
  readonly perTurnUsd: number | null;
  readonly usdPerDay: number | null;
  readonly usdPerMonth: number | null;
  /** By provider id, a day. */
  readonly providers: Readonly<Record<string, number | null>>;
  /** By token name, a day. Only for `lines`: a request brings its token's limit itself. */
  readonly tokens?: Readonly<Record<string, number | null>>;
}

/** Sums of the ledger between two moments, in USD. */
export interface SpentSums {
  readonly costUsd: number;
  readonly byProvider: ReadonlyMap<string, number>;
  readonly byToken: ReadonlyMap<string, number>;
}

/** What the ledger says: the store's `usage`. */
export interface SpentReader {
  /** `since` inclusive, `until` exclusive, epoch ms. */
  sums(since: number, until: number): SpentSums;
}

/** Keeps spending within the limits: nothing is asked that could go over one. Synchronous throughout. */
export interface Budget {
  /** Holds the worst case, or says which limit stands in the way. Two calls can never both take the last cent. */
  reserve(ask: BudgetAsk): Reserved;
  /** What may still be asked for; Infinity = no limit. */
  leftUsd(
    providerId: string,
    token?: { readonly name: string; readonly usdPerDay: number | null } | null,
    traceId?: string,
  ): number;
  /** The tightest limit of a call and what is left of it, one sentence; null = no limit. */
  wordsFor(
    providerId: string,
    token?: { readonly name: string; readonly usdPerDay: number | null } | null,
  ): string | null;
  /** Every limit there is, with what is used of it. */
  lines(): BudgetLine[];
  /** A turn is over, however it ended, and the ledger has its usage: what it still holds is let go, its own sum forgotten. */
  endTurn(traceId: string): void;
  /** How many calls cost more than was held for them, since start. */
  overruns(): number;
}

export interface BudgetDeps {
  readonly clock: Pick<Clock, 'now'>;
  /** Asked at every reservation: limits may change while turns run. */
  readonly limits: () => BudgetLimits;
  /** The truth: read at start and whenever a day or month begins. */
  readonly ledger: SpentReader;
  /** Told of calls that a limit bears on. Absent = a process that is killed forgets what was under way. */
  readonly pending?: Pick<PendingCosts, 'begin' | 'settle' | 'end'>;
  /** What a provider is called in sentences. Absent = by its id. */
  readonly providerTitle?: (providerId: string) => string;
  /** Absent = this machine's own. */
  readonly calendar?: Calendar;
  /** A hold turned out too small: the price or the estimate is wrong. */
  readonly onOverrun?: (ask: BudgetAsk, usd: number) => void;
  /** Something reserved, settled or let go. */
  readonly onChange?: () => void;
}

/** The limits a settings file states, and those of tokens made in the app. */
export const budgetLimits = (
  config: Pick<Config, 'budgets' | 'providers' | 'api'>,
  appTokens: readonly { readonly name: string; readonly usdPerDay: number | null }[] = [],
): BudgetLimits => ({
  ...config.budgets,
  providers: Object.fromEntries(config.providers.map(({ id, usdPerDay }) => [id, usdPerDay])),
  tokens: Object.fromEntries([...config.api.tokens, ...appTokens].map(({ name, usdPerDay }) => [name, usdPerDay])),
});

/** One limit that bears on a call, with what is used of it in nano-USD. */
interface Bound {
  readonly scope: BudgetLine['scope'];
  readonly name: string | null;
  readonly limitUsd: number;
  readonly spent: number;
  readonly reserved: number;
  readonly resetsAt: number | null;
}

export function createBudget(deps: BudgetDeps): Budget {
  const { clock, limits, pending } = deps;
  const calendar = deps.calendar ?? createCalendar();
  const book: BudgetBook = createBudgetBook({ clock, calendar, ledger: deps.ledger });
  let overruns = 0;

  const leftOf = (bound: Bound): number => Math.max(0, toNano(bound.limitUsd) - bound.spent - bound.reserved);

  function boundsOf(
    providerId: string,
    token: { readonly name: string; readonly usdPerDay: number | null } | null,
    traceId: string | null,
  ): Bound[] {
    const stated = limits();
    const { day, month } = book.periods();
    const found: Bound[] = [];
    const add = (scope: BudgetLine['scope'], name: string | null, limitUsd: number | null, resetsAt: number | null) => {
      if (limitUsd === null) return;
      found.push({ scope, name, limitUsd, ...book.used(scope, scope === 'turn' ? traceId : name), resetsAt });
    };
    if (traceId !== null) add('turn', null, stated.perTurnUsd, null);
    add('day', null, stated.usdPerDay, day.until);
    add('month', null, stated.usdPerMonth, month.until);
    add('provider', providerId, stated.providers[providerId] ?? null, day.until);
    if (token) add('token', token.name, token.usdPerDay, day.until);
    return found;
  }

  const tightest = (bounds: readonly Bound[]): Bound | null =>
    bounds.reduce<Bound | null>((least, bound) => (least && leftOf(least) <= leftOf(bound) ? least : bound), null);

  function refusal(bound: Bound, most: number): string {
    const refused = say(bound.reserved > 0 ? 'said.budget.refused_held' : 'said.budget.refused', {
      which: limitWords(bound, deps.providerTitle),
      spent: showUsd(fromNano(bound.spent)),
      limit: showUsd(bound.limitUsd),
      held: showUsd(fromNano(bound.reserved)),
      left: showUsd(fromNano(leftOf(bound))),
      most: showUsd(fromNano(most)),
    });
    const again =
      bound.resetsAt === null ? '' : ` ${say('said.budget.again', { when: calendar.words(bound.resetsAt) })}`;
    return `${refused}${again} ${say('said.budget.remedy')}`;
  }

  return {
    reserve(ask) {
      // A cost nobody can tell is the highest there is.
      const most = Number.isNaN(ask.mostUsd) ? toNano(Infinity) : toNano(ask.mostUsd);
      const token = ask.tokenName === null ? null : { name: ask.tokenName, usdPerDay: ask.tokenUsdPerDay };
      let pendingId: string | null = null;
      if (most > 0) {
        const bound = tightest(boundsOf(ask.providerId, token, ask.traceId));
        if (bound && most > leftOf(bound))
          return { ok: false, fault: makeFault('budget', refusal(bound, most), ask.providerId) };
        if (bound) pendingId = pending?.begin({ ...pendingCost(ask), at: clock.now(), usd: fromNano(most) }) ?? null;
      }
      const entry = book.hold(ask, most);
      deps.onChange?.();
      return {
        ok: true,
        hold: {
          settle(usd) {
            if (entry.settled) return;
            const cost = Number.isNaN(usd) ? most : toNano(usd);
            const over = cost > most;
            book.settle(entry, cost);
            if (pendingId !== null) pending?.settle(pendingId, fromNano(cost));
            if (over) {
              overruns++;
              deps.onOverrun?.(ask, fromNano(cost));
            }
            deps.onChange?.();
          },
          release() {
            if (!book.release(entry)) return;
            if (pendingId !== null) pending?.settle(pendingId, 0);
            deps.onChange?.();
          },
        },
      };
    },
    leftUsd(providerId, token = null, traceId) {
      const bound = tightest(boundsOf(providerId, token, traceId ?? null));
      return bound ? fromNano(leftOf(bound)) : Infinity;
    },
    wordsFor(providerId, token = null) {
      const bound = tightest(boundsOf(providerId, token, ''));
      if (!bound) return null;
      return say(bound.resetsAt === null ? 'said.budget.left' : 'said.budget.left_until', {
        which: limitWords(bound, deps.providerTitle),
        left: showUsd(fromNano(leftOf(bound))),
        limit: showUsd(bound.limitUsd),
        when: bound.resetsAt === null ? '' : calendar.words(bound.resetsAt),
      });
    },
    lines() {
      const stated = limits();
      const lines: BudgetLine[] = [];
      const { day, month } = book.periods();
      const add = (scope: BudgetLine['scope'], name: string | null, limitUsd: number | null, until: number | null) => {
        if (limitUsd === null) return;
        const { spent, reserved } = scope === 'turn' ? book.dearestTurn() : book.used(scope, name);
        const sums = { spentUsd: fromNano(spent), reservedUsd: fromNano(reserved) };
        lines.push({ scope, name, limitUsd, ...sums, resetsAt: until });
      };
      add('turn', null, stated.perTurnUsd, null);
      add('day', null, stated.usdPerDay, day.until);
      add('month', null, stated.usdPerMonth, month.until);
      for (const [id, limit] of Object.entries(stated.providers)) add('provider', id, limit, day.until);
      for (const [name, limit] of Object.entries(stated.tokens ?? {})) add('token', name, limit, day.until);
      return lines;
    },
    endTurn(traceId) {
      const released = book.endTurn(traceId);
      pending?.end(traceId);
      if (released) deps.onChange?.();
    },
    overruns: () => overruns,
  };
}

const pendingCost = ({ traceId, providerId, modelId, tokenName }: BudgetAsk) => ({
  traceId,
  providerId,
  modelId,
  tokenName,
});

function limitWords(
  { scope, name }: Pick<Bound, 'scope' | 'name'>,
  titleOf: (providerId: string) => string = (id) => id,
): string {
  switch (scope) {
    case 'turn':
      return say('said.limit.turn');
    case 'day':
      return say('said.limit.day');
    case 'month':
      return say('said.limit.month');
    case 'provider':
      return say('said.limit.provider', { name: titleOf(name ?? '') });
    case 'token':
      return say('said.limit.token', { name: name ?? '' });
  }
}
