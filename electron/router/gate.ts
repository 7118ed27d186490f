import type { Timers } from '../base/timers.ts';
import type { Clock } from '../base/clock.ts';
import type { Fault } from '../contract/faults.ts';
import { say } from '../contract/sentences/index.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import type { Limits } from '../contract/policy.ts';
import type { Breakers, Pass } from './breaker.ts';
import type { Budget, BudgetHold } from './budget.ts';
import { makeFault } from './fault-table.ts';
import type { Offline } from './offline.ts';
import type { Pace, Place } from './pace.ts';
import type { PlanStep } from './plan.ts';
import type { RetryBudget } from './retry-budget.ts';

export interface GateDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly breakers: Breakers;
  readonly pace: Pace;
  readonly budget: Pick<Budget, 'reserve' | 'leftUsd'>;
  readonly offline: Offline;
}

export interface GateAsk {
  readonly step: PlanStep;
  readonly limits: Limits;
  /** Asked when the call may go, not when it began to wait for that. */
  readonly isPrivate: () => boolean;
  readonly traceId: string;
  readonly token: { readonly name: string; readonly usdPerDay: number | null } | null;
  /** Most this call can cost, in USD; null = whoever asks holds the money already. */
  readonly mostUsd: number | null;
  /** Longest wait that still makes sense, in ms. */
  readonly waitMs: number;
  /** Longest wait in all, in ms, for who stands in line behind calls of its own: only a provider's word to wait is then held to `waitMs`. */
  readonly lineMs?: number;
}

/** Leave to call a model once: a pass of its breakers, a place among its provider's requests and money held. */
export interface Ticket {
  readonly pass: Pass;
  readonly hold: BudgetHold | null;
  readonly place: Place;
  /** What was waited for it, in ms. */
  readonly waitedMs: number;
}

/** Resolves true after `ms`, false as soon as it is stopped. */
export function pause(timers: Timers, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  if (ms <= 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (over: boolean) => {
      end();
      signal.removeEventListener('abort', onAbort);
      resolve(over);
    };
    const onAbort = () => {
      settle(false);
    };
    const end = timers.after(ms, () => {
      settle(true);
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Tells whoever decides about the next calls how this one ended; null = well. */
export function tellEnd(
  { pace, retryBudget }: Pick<GateDeps, 'pace'> & { readonly retryBudget: RetryBudget },
  { pass }: Pick<Ticket, 'pass'>,
  model: ModelEntry,
  fault: Fault | null,
): void {
  if (fault) {
    pass.lost(fault);
    if (fault.code === 'rate_limit') pace.limited(model, fault.retryAfterMs);
    return;
  }
  pass.won();
  if (model.kind !== 'cloud') return;
  retryBudget.answered(model.provider);
  pace.answered(model);
}

/** Whether a model may be called now, in the order of what must never happen: leak, press, probe twice, overspend. */
export async function enterGate(
  deps: GateDeps,
  ask: GateAsk,
  signal: AbortSignal,
): Promise<{ readonly ticket: Ticket } | { readonly fault: Fault }> {
  const { clock } = deps;
  const { model } = ask.step;
  const startedMs = clock.monotonicMs();
  const stopped = { fault: makeFault('cancelled') };
  const locked = () => ask.isPrivate() && !model.trustedForPrivate;
  const mayNot = { fault: makeFault('private_only', undefined, model.id) };
  if (locked()) return mayNot;

  const leftMs = () => (ask.lineMs ?? ask.waitMs) - (clock.monotonicMs() - startedMs);
  let place: Place | null = null;
  while (place === null) {
    const until = deps.pace.until(model.id);
    if (until !== null) {
      const waitMs = until - clock.now();
      if (waitMs > Math.min(ask.waitMs, leftMs())) {
        const detail = say('said.gate.paced', { name: model.name, seconds: Math.ceil(waitMs / 1000) });
        return { fault: { ...makeFault('rate_limit', detail, model.id), retryAfterMs: waitMs } };
      }
      if (!(await pause(deps.timers, waitMs, signal))) return stopped;
    }
    place = await deps.pace.enter(model.provider, leftMs(), signal);
    if (!place) {
      if (signal.aborted) return stopped;
      const detail = say('said.gate.full', { name: model.name });
      return { fault: makeFault('rate_limit', detail, model.id) };
    }
    if (deps.pace.until(model.id) === null) break;
    // Whoever had the place before was told to wait: so does this one.
    place();
    place = null;
  }
  if (locked()) {
    place();
    return mayNot;
  }
  const away = model.kind === 'cloud' ? deps.offline.enter(model.provider) : null;
  if (away) {
    place();
    return { fault: { ...away, provider: model.id } };
  }
  const pass = deps.breakers.enter(model);
  if ('code' in pass) {
    deps.offline.learntNothing(model.provider);
    place();
    return { fault: pass };
  }
  const waitedMs = clock.monotonicMs() - startedMs;
  if (model.kind === 'local' || ask.mostUsd === null) return { ticket: { pass, hold: null, place, waitedMs } };
  let hold: BudgetHold | null = null;
  try {
    const reserved = deps.budget.reserve({
      traceId: ask.traceId,
      providerId: model.provider,
      modelId: model.id,
      tokenName: ask.token?.name ?? null,
      tokenUsdPerDay: ask.token?.usdPerDay ?? null,
      mostUsd: ask.mostUsd,
    });
    if (!reserved.ok) return { fault: reserved.fault };
    ({ hold } = reserved);
    return { ticket: { pass, hold, place, waitedMs } };
  } finally {
    // The ledger may fail as well: who does not get through holds nothing.
    if (hold === null) {
      pass.drop();
      deps.offline.learntNothing(model.provider);
      place();
    }
  }
}
