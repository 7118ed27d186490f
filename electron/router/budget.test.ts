import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBudget, type BudgetAsk, type BudgetHold, type BudgetLimits, type SpentSums } from './budget.ts';
import { createCalendar } from './budget-period.ts';

const NOON = Date.UTC(2026, 10, 24, 12);
const HOUR_MS = 3_600_000;
const NO_LIMITS: BudgetLimits = { perTurnUsd: null, usdPerDay: null, usdPerMonth: null, providers: {} };

interface LedgerRow {
  readonly at: number;
  readonly usd: number;
  readonly providerId: string;
  readonly tokenName: string | null;
}

/** A budget over a ledger of rows, with a clock and limits the test may change. */
function make(limits: Partial<BudgetLimits>, rows: LedgerRow[] = []) {
  const state = { now: NOON, limits: { ...NO_LIMITS, ...limits }, overruns: 0 };
  const spent = (since: number, until: number): SpentSums => {
    const here = rows.filter(({ at }) => at >= since && at < until);
    const sumBy = (name: (row: LedgerRow) => string | null): Map<string, number> => {
      const sums = new Map<string, number>();
      for (const row of here) {
        const key = name(row);
        if (key !== null) sums.set(key, (sums.get(key) ?? 0) + row.usd);
      }
      return sums;
    };
    return {
      costUsd: here.reduce((sum, { usd }) => sum + usd, 0),
      byProvider: sumBy(({ providerId }) => providerId),
      byToken: sumBy(({ tokenName }) => tokenName),
    };
  };
  const budget = createBudget({
    clock: { now: () => state.now },
    limits: () => state.limits,
    ledger: { sums: spent },
    calendar: createCalendar(() => 'UTC'),
    providerTitle: (id) => (id === 'p-7f3a' ? 'Acme EU' : id),
    onOverrun: () => void state.overruns++,
  });
  return { budget, state, rows };
}

const ask = (mostUsd: number, patch: Partial<BudgetAsk> = {}): BudgetAsk => ({
  traceId: 't1',
  providerId: 'openai',
  modelId: 'openai/gpt',
  tokenName: null,
  tokenUsdPerDay: null,
  mostUsd,
  ...patch,
});

function hold(reserved: ReturnType<ReturnType<typeof make>['budget']['reserve']>): BudgetHold {
  if (!reserved.ok) throw new Error(reserved.fault.detail);
  return reserved.hold;
}

describe('a budget', () => {
  it('lets 50 requests at once go no further than what is left', () => {
    const { budget } = make({ usdPerDay: 2 }, [{ at: NOON - 1, usd: 1.9, providerId: 'openai', tokenName: null }]);
    const all = Array.from({ length: 50 }, (_, i) => budget.reserve(ask(0.03, { traceId: String(i) })));
    const open = all.flatMap((reserved) => (reserved.ok ? [reserved.hold] : []));
    expect(open).toHaveLength(3);
    for (const one of open) one.settle(0.03);
    expect(budget.lines()).toMatchObject([{ scope: 'day', limitUsd: 2, reservedUsd: 0 }]);
    expect(budget.lines()[0]?.spentUsd).toBeCloseTo(1.99, 9);
  });

  it.each([
    ['turn', { perTurnUsd: 0.1 }, {}],
    ['day', { usdPerDay: 0.1 }, {}],
    ['month', { usdPerMonth: 0.1 }, {}],
    ['provider', { providers: { openai: 0.1 } }, {}],
    ['token', {}, { tokenName: 'ci', tokenUsdPerDay: 0.1 }],
  ] as const)(
    'lets 50 at once take exactly what the limit of a %s still holds, and not a billionth more',
    (scope, limits, patch) => {
      const { budget } = make(limits);
      hold(budget.reserve(ask(0.04, patch))).settle(0.04);
      const all = Array.from({ length: 50 }, () => budget.reserve(ask(0.02, patch)));
      const open = all.flatMap((reserved) => (reserved.ok ? [reserved.hold] : []));
      expect(open).toHaveLength(3);
      expect(budget.reserve(ask(0.000_000_001, patch)).ok).toBe(false);
      // What a call cost less than was held is there for the next one.
      for (const [at, one] of open.entries()) one.settle(at === 0 ? 0.015 : 0.02);
      expect(budget.reserve(ask(0.005, patch)).ok).toBe(true);
      expect(budget.reserve(ask(0.000_000_001, patch)).ok).toBe(false);
      expect(budget.overruns()).toBe(0);
      const line = budget.lines().find((each) => each.scope === scope);
      if (scope !== 'token') expect((line?.spentUsd ?? 0) + (line?.reservedUsd ?? 0)).toBeCloseTo(0.1, 9);
    },
  );

  it('says in one sentence which limit it is, what is left and when it starts again', () => {
    const { budget } = make({ usdPerDay: 2 }, [{ at: NOON - 1, usd: 1.9, providerId: 'openai', tokenName: null }]);
    hold(budget.reserve(ask(0.08)));
    const refused = budget.reserve(ask(0.5));
    expect(refused).toMatchObject({ ok: false, fault: { code: 'budget', origin: 'user', recoverable: false } });
    if (refused.ok) return;
    expect(refused.fault.detail).toBe(
      'The budget for today does not allow this: $1.90 of $2.00 is spent, $0.08 held by replies under way; $0.02 is left and ' +
        'this could cost up to $0.50. It starts again at 00:00 on 25 November. Raise it in Settings or use a local model.',
    );
  });

  it.each([
    ['turn', { perTurnUsd: 0.1 }, {}],
    ['month', { usdPerMonth: 0.1 }, {}],
    ['provider', { providers: { openai: 0.1 } }, {}],
    ['token', {}, { tokenName: 'ci', tokenUsdPerDay: 0.1 }],
  ] as const)('holds the limit of a %s', (_scope, limits, patch) => {
    const { budget } = make(limits);
    hold(budget.reserve(ask(0.06, patch))).settle(0.06);
    expect(budget.reserve(ask(0.05, patch))).toMatchObject({ ok: false });
    expect(budget.reserve(ask(0.04, patch))).toMatchObject({ ok: true });
  });

  it('of a provider is said by the name a person gave it', () => {
    const { budget } = make({ providers: { 'p-7f3a': 0.01 } });
    const asked = budget.reserve(ask(1, { providerId: 'p-7f3a' }));
    expect(asked.ok ? null : asked.fault.detail).toMatch(
      /^Today's budget of the provider Acme EU does not allow this/u,
    );
    expect(budget.wordsFor('p-7f3a')).toMatch(/^Today's budget of the provider Acme EU has/u);
  });

  it('of one provider, token or turn says nothing about others', () => {
    const { budget } = make({ perTurnUsd: 0.1, providers: { openai: 0.1 } });
    hold(budget.reserve(ask(0.1, { tokenName: 'a', tokenUsdPerDay: 0.1 })));
    const other = { providerId: 'anthropic', traceId: 't2', tokenName: 'b', tokenUsdPerDay: 0.1 };
    expect(budget.reserve(ask(0.1, other)).ok).toBe(true);
  });

  it('of nothing allows what is free and nothing else; no limit allows anything', () => {
    const { budget, state } = make({ usdPerDay: 0 });
    expect(budget.reserve(ask(0)).ok).toBe(true);
    expect(budget.reserve(ask(0.000_000_1)).ok).toBe(false);
    expect(budget.reserve(ask(Number.NaN)).ok).toBe(false);
    state.limits = NO_LIMITS;
    expect(budget.reserve(ask(1e9)).ok).toBe(true);
    expect(budget.leftUsd('openai')).toBe(Infinity);
  });

  it('counts a call once, whatever is called how often and in which order', () => {
    const { budget } = make({ usdPerDay: 1 });
    const one = hold(budget.reserve(ask(0.5)));
    one.settle(0.2);
    one.settle(0.3);
    one.release();
    expect(budget.lines()).toMatchObject([{ spentUsd: 0.2, reservedUsd: 0 }]);
    const two = hold(budget.reserve(ask(0.5)));
    two.release();
    two.release();
    expect(budget.leftUsd('openai')).toBe(0.8);
    // A hedge that was let go and turns out to have cost something.
    two.settle(0.1);
    expect(budget.leftUsd('openai')).toBe(0.7);
  });

  it('lets everything go that a turn still holds when it ends', () => {
    const { budget } = make({ usdPerDay: 1 });
    hold(budget.reserve(ask(0.6)));
    hold(budget.reserve(ask(0.3))).settle(0.1);
    budget.endTurn('t1');
    budget.endTurn('t1');
    expect(budget.lines()).toMatchObject([{ spentUsd: 0.1, reservedUsd: 0 }]);
  });

  it('says aloud when a call cost more than was held for it, and counts it in full', () => {
    const { budget, state } = make({ usdPerDay: 1 });
    hold(budget.reserve(ask(0.1))).settle(0.4);
    expect([budget.overruns(), state.overruns]).toEqual([1, 1]);
    expect(budget.leftUsd('openai')).toBe(0.6);
  });

  it('follows limits that change while requests run', () => {
    const { budget, state } = make({ usdPerDay: 1 });
    const one = hold(budget.reserve(ask(0.8)));
    state.limits = { ...NO_LIMITS, usdPerDay: 0.5 };
    expect(budget.leftUsd('openai')).toBe(0);
    expect(budget.reserve(ask(0.1)).ok).toBe(false);
    one.settle(0.1);
    expect(budget.reserve(ask(0.4)).ok).toBe(true);
  });

  it('starts again with the day and the month, and takes up what the ledger has after a restart', () => {
    const rows = [
      { at: NOON - 20 * 24 * HOUR_MS, usd: 3, providerId: 'openai', tokenName: 'ci' },
      { at: NOON - 1, usd: 2, providerId: 'openai', tokenName: 'ci' },
    ];
    const limits = { usdPerDay: 10, usdPerMonth: 10, providers: { openai: 10 } };
    const { budget, state } = make({ ...limits, tokens: { ci: 10 } }, rows);
    const spent = () => budget.lines().map(({ scope, spentUsd }) => [scope, spentUsd]);
    expect(spent()).toEqual([
      ['day', 2],
      ['month', 5],
      ['provider', 2],
      ['token', 2],
    ]);
    state.now = NOON + 12 * HOUR_MS;
    expect(spent()).toEqual([
      ['day', 0],
      ['month', 5],
      ['provider', 0],
      ['token', 0],
    ]);
    state.now = NOON + 8 * 24 * HOUR_MS;
    expect(spent()[1]).toEqual(['month', 0]);
  });

  it('does not forget at midnight what a turn under way has spent already', () => {
    const { budget, state } = make({ usdPerDay: 1, usdPerMonth: 1 });
    state.now = NOON + 12 * HOUR_MS - 1000;
    hold(budget.reserve(ask(0.4))).settle(0.4);
    state.now += 2000;
    // Not in the ledger before the turn ends, and then under the new day.
    expect(budget.lines().map(({ spentUsd }) => spentUsd)).toEqual([0.4, 0.4]);
  });

  it('does not forget it either when the turn goes on for long without spending, nor counts a lost one for ever', () => {
    const { budget, state } = make({ usdPerDay: 1, usdPerMonth: 5 });
    state.now = NOON + 11 * HOUR_MS;
    hold(budget.reserve(ask(0.4))).settle(0.4);
    state.now = NOON + 13 * HOUR_MS;
    expect(budget.lines().map(({ spentUsd }) => spentUsd)).toEqual([0.4, 0.4]);
    state.now += 24 * HOUR_MS;
    expect(budget.lines().map(({ spentUsd }) => spentUsd)).toEqual([0, 0]);
  });

  it('does not forget what turns under way spent when the clock jumps to another day and back', () => {
    const { budget, state } = make({ usdPerDay: 1 });
    const spent = () => budget.lines()[0]?.spentUsd;
    hold(budget.reserve(ask(0.4))).settle(0.4);
    const seen = [24, -24].map((hours) => {
      state.now += hours * HOUR_MS;
      return spent();
    });
    expect(seen).toEqual([0.4, 0.4]);
    expect(budget.reserve(ask(0.7)).ok).toBe(false);
  });

  it('never has more spent and held than a limit, whatever comes in whatever order', () => {
    const usd = fc.integer({ min: 0, max: 400 }).map((cents) => cents / 1000);
    const action = fc.record({
      kind: fc.constantFrom('reserve', 'reserve', 'settle', 'release', 'end', 'pass'),
      usd,
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      trace: fc.constantFrom('a', 'b', 'c'),
      provider: fc.constantFrom('p', 'q'),
      token: fc.constantFrom('x', null),
      at: fc.nat(30),
    });
    const cap = fc.option(usd, { nil: null });
    fc.assert(
      fc.property(cap, cap, cap, cap, cap, fc.array(action, { maxLength: 60 }), (turn, day, month, p, x, actions) => {
        const { budget, state, rows } = make({
          perTurnUsd: turn,
          usdPerDay: day,
          usdPerMonth: month,
          providers: { p },
          tokens: { x },
        });
        const open: { hold: BudgetHold; most: number; row: Omit<LedgerRow, 'at' | 'usd'> }[] = [];
        for (const { kind, usd: most, share, trace, provider, token, at } of actions) {
          const chosen = open[at % Math.max(1, open.length)];
          if (kind === 'reserve') {
            const who = { traceId: trace, providerId: provider, modelId: 'm', tokenName: token };
            const left = budget.leftUsd(provider, token === null ? null : { name: token, usdPerDay: x }, trace);
            const reserved = budget.reserve({ ...who, tokenUsdPerDay: token === null ? null : x, mostUsd: most });
            // Refused only when it would not fit.
            expect(reserved.ok).toBe(most === 0 || most <= left + 1e-9);
            if (reserved.ok) open.push({ hold: reserved.hold, most, row: { providerId: provider, tokenName: token } });
          } else if (kind === 'settle' && chosen) {
            chosen.hold.settle(chosen.most * share);
            rows.push({ ...chosen.row, at: state.now, usd: chosen.most * share });
            open.splice(open.indexOf(chosen), 1);
          } else if (kind === 'release' && chosen) {
            chosen.hold.release();
            open.splice(open.indexOf(chosen), 1);
          } else if (kind === 'pass') state.now += 60_000;
          for (const { limitUsd, spentUsd, reservedUsd } of budget.lines())
            expect(spentUsd + reservedUsd).toBeLessThanOrEqual(limitUsd + 1e-12);
        }
        for (const trace of ['a', 'b', 'c']) budget.endTurn(trace);
        for (const { reservedUsd } of budget.lines()) expect(reservedUsd).toBe(0);
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});

describe('local days and months', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29T10:00:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['Asia/Kolkata', '2026-11-24T20:00:00Z', '2026-11-24T18:30:00.000Z', '2026-11-25T18:30:00.000Z'],
    ['Pacific/Kiritimati', '2026-12-31T10:00:00Z', '2026-12-31T10:00:00.000Z', '2027-01-01T10:00:00.000Z'],
    // Clocks go from 00:00 to 01:00: the day begins at 01:00.
    ['Africa/Cairo', '2026-04-24T10:00:00Z', '2026-04-23T22:00:00.000Z', '2026-04-24T21:00:00.000Z'],
  ])('in %s begin where its people say they do', (zone, at, from, until) => {
    const day = createCalendar(() => zone).day(Date.parse(at));
    expect([day.from, day.until].map((ms) => new Date(ms).toISOString())).toEqual([from, until]);
  });

  it('follow one another without a gap through a year, everywhere', () => {
    for (const zone of ['America/Santiago', 'Australia/Lord_Howe', 'Asia/Shanghai', 'UTC']) {
      const calendar = createCalendar(() => zone);
      let at = Date.UTC(2026, 0, 1, 12);
      for (let days = 0; days < 366; days++) {
        const { from, until } = calendar.day(at);
        expect([calendar.day(from).from, calendar.day(until).from]).toEqual([from, until]);
        at = until;
      }
      const { from, until } = calendar.month(Date.UTC(2026, 11, 15));
      expect(calendar.month(from)).toEqual({ from, until });
      expect(calendar.month(until).from).toBe(until);
    }
  });
});
