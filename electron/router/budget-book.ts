import type { Clock } from '../base/clock.ts';
import type { BudgetLine } from '../contract/providers.ts';
import type { BudgetAsk, SpentReader } from './budget.ts';
import type { Calendar, Period } from './budget-period.ts';
import { toNano } from './money.ts';

/** One hold: whom it counts for and whether it still does. */
export interface BookEntry {
  readonly ask: BudgetAsk;
  readonly nano: number;
  open: boolean;
  settled: boolean;
}

/** Sums in nano-USD. */
export interface Used {
  readonly spent: number;
  readonly reserved: number;
}

/** What is spent and held, per scope. Knows nothing of limits. */
export interface BudgetBook {
  periods(): { readonly day: Period; readonly month: Period };
  /** `name`: trace, provider or token; ignored for `day` and `month`. */
  used(scope: BudgetLine['scope'], name: string | null): Used;
  dearestTurn(): Used;
  hold(ask: BudgetAsk, nano: number): BookEntry;
  settle(entry: BookEntry, nano: number): void;
  /** False when it was let go already. */
  release(entry: BookEntry): boolean;
  endTurn(traceId: string): boolean;
}

/** Turns whose spending is remembered after their last hold went; the oldest are forgotten first. */
const MOST_IDLE_TURNS = 1000;
/**
 * A turn that has not spent for so long, in ms, may be one that never says that it ended. It is carried over into one more day, in which a
 * slow one still under way ends, and into no other.
 */
const IN_LEDGER_AFTER_MS = 15 * 60_000;

interface Turn {
  spent: number;
  reserved: number;
  /** When it last spent, epoch ms. */
  spentAt: number;
  /** First moment of the day it was carried over into although it rested; null = none yet. */
  carriedTo: number | null;
  readonly entries: Set<BookEntry>;
  /** What it spent: the ledger has it only when the turn is over. */
  readonly settled: { readonly ask: BudgetAsk; readonly nano: number }[];
}

const add = (sums: Map<string, number>, name: string, nano: number): void => {
  const sum = (sums.get(name) ?? 0) + nano;
  if (sum === 0) sums.delete(name);
  else sums.set(name, sum);
};

const nanoSums = (sums: ReadonlyMap<string, number>): Map<string, number> =>
  new Map([...sums].map(([name, usd]) => [name, toNano(usd)]));

export function createBudgetBook(deps: {
  readonly clock: Pick<Clock, 'now'>;
  readonly calendar: Calendar;
  readonly ledger: SpentReader;
}): BudgetBook {
  let periods: { readonly day: Period; readonly month: Period } | null = null;
  const spent = {
    day: 0,
    month: 0,
    providers: new Map<string, number>(),
    tokens: new Map<string, number>(),
  };
  const reserved = { all: 0, providers: new Map<string, number>(), tokens: new Map<string, number>() };
  const turns = new Map<string, Turn>();

  function count(ask: BudgetAsk, nano: number): void {
    spent.day += nano;
    spent.month += nano;
    add(spent.providers, ask.providerId, nano);
    if (ask.tokenName !== null) add(spent.tokens, ask.tokenName, nano);
  }

  /**
   * A new day or month, or a clock that was set: the ledger says what is spent in it, and turns under way what will stand
   * there when they end. Holds go on.
   */
  function current(): { readonly day: Period; readonly month: Period } {
    const now = deps.clock.now();
    if (periods && now >= periods.day.from && now < periods.day.until) return periods;
    const next = { day: deps.calendar.day(now), month: deps.calendar.month(now) };
    const today = deps.ledger.sums(next.day.from, next.day.until);
    spent.day = toNano(today.costUsd);
    spent.providers = nanoSums(today.byProvider);
    spent.tokens = nanoSums(today.byToken);
    spent.month = toNano(deps.ledger.sums(next.month.from, next.month.until).costUsd);
    periods = next;
    for (const turn of turns.values()) {
      const rests = Math.abs(now - turn.spentAt) >= IN_LEDGER_AFTER_MS;
      if (rests) turn.carriedTo ??= next.day.from;
      if (!rests || turn.carriedTo === next.day.from) for (const { ask, nano } of turn.settled) count(ask, nano);
    }
    return next;
  }

  function turnOf(traceId: string): Turn {
    const known = turns.get(traceId);
    if (known) return known;
    const made: Turn = { spent: 0, reserved: 0, spentAt: 0, carriedTo: null, entries: new Set(), settled: [] };
    turns.set(traceId, made);
    if (turns.size > MOST_IDLE_TURNS)
      for (const [id, turn] of turns) {
        if (turns.size <= MOST_IDLE_TURNS) break;
        if (turn.entries.size === 0 && id !== traceId) turns.delete(id);
      }
    return made;
  }

  function holdAgain({ ask }: BookEntry, nano: number): void {
    reserved.all += nano;
    add(reserved.providers, ask.providerId, nano);
    if (ask.tokenName !== null) add(reserved.tokens, ask.tokenName, nano);
  }

  function release(entry: BookEntry): boolean {
    if (!entry.open) return false;
    entry.open = false;
    holdAgain(entry, -entry.nano);
    const turn = turns.get(entry.ask.traceId);
    if (turn?.entries.delete(entry)) turn.reserved -= entry.nano;
    return true;
  }

  current();
  return {
    periods: current,
    used(scope, name) {
      current();
      const of = (sums: Map<string, number>): number => sums.get(name ?? '') ?? 0;
      switch (scope) {
        case 'turn': {
          const turn = turns.get(name ?? '');
          return { spent: turn?.spent ?? 0, reserved: turn?.reserved ?? 0 };
        }
        case 'day':
          return { spent: spent.day, reserved: reserved.all };
        case 'month':
          return { spent: spent.month, reserved: reserved.all };
        case 'provider':
          return { spent: of(spent.providers), reserved: of(reserved.providers) };
        case 'token':
          return { spent: of(spent.tokens), reserved: of(reserved.tokens) };
      }
    },
    dearestTurn() {
      let most: Used = { spent: 0, reserved: 0 };
      for (const turn of turns.values())
        if (turn.entries.size > 0 && turn.spent + turn.reserved >= most.spent + most.reserved) most = turn;
      return { spent: most.spent, reserved: most.reserved };
    },
    hold(ask, nano) {
      current();
      const entry: BookEntry = { ask, nano, open: true, settled: false };
      const turn = turnOf(ask.traceId);
      turn.entries.add(entry);
      turn.reserved += nano;
      holdAgain(entry, nano);
      return entry;
    },
    settle(entry, nano) {
      if (entry.settled) return;
      current();
      release(entry);
      entry.settled = true;
      const { ask } = entry;
      count(ask, nano);
      const turn = turns.get(ask.traceId);
      if (!turn || nano === 0) return;
      turn.spent += nano;
      turn.spentAt = deps.clock.now();
      turn.carriedTo = null;
      turn.settled.push({ ask, nano });
    },
    release,
    endTurn(traceId) {
      const turn = turns.get(traceId);
      if (!turn) return false;
      let released = false;
      for (const entry of [...turn.entries]) released = release(entry) || released;
      turns.delete(traceId);
      return released;
    },
  };
}
