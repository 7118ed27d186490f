import type { Clock } from '../base/clock.ts';
import type { Timers } from '../base/timers.ts';
import type { BreakerChange } from '../contract/entities/breaker.ts';
import type { Price, ProviderHealth } from '../contract/providers.ts';
import type { ModelProvider, ModelUsage } from '../model/model.ts';
import type { Budget } from './budget.ts';
import { createBreakers } from './breaker.ts';
import type { Breakers } from './breaker.ts';
import { createFormatChecker } from './checks/format.ts';
import { execute } from './execute.ts';
import type { ExecuteHooks, ExecuteInput, Outcome } from './execute.ts';
import { FAULT_TABLE } from './fault-table.ts';
import { createOffline } from './offline.ts';
import type { Offline } from './offline.ts';
import { createPace } from './pace.ts';
import type { Pace } from './pace.ts';
import { callPlainly } from './plain-call.ts';
import type { PlainAsk } from './plain-call.ts';
import { createRetryBudget } from './retry-budget.ts';

export interface ExecutionDeps {
  readonly provider: ModelProvider;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly budget: Pick<Budget, 'reserve' | 'leftUsd'>;
  /** Cost of what was used, in USD; a price of null costs nothing. */
  readonly costUsd: (usage: ModelUsage, price: Price | null) => number;
  /** False = the system says that no network is there; null = it does not say. Absent = it never does. */
  readonly systemOnline?: () => boolean | null;
  /** Whether a provider is reached without a network: a server on this machine. Absent = none is. */
  readonly reachableOffline?: (providerId: string) => boolean;
  /** Most requests at once by the settings; 0 = no limit. Absent = none has one. */
  readonly concurrencyOf?: (providerId: string) => number;
  /** A breaker went to another state. */
  readonly onBreaker?: (change: BreakerChange) => void;
  readonly onError: (error: unknown) => void;
}

/** Everything that is remembered from turn to turn about who can be asked, and the way to ask. */
export interface Execution {
  readonly breakers: Breakers;
  readonly pace: Pace;
  readonly offline: Offline;
  execute(input: ExecuteInput, hooks: ExecuteHooks): Promise<Outcome>;
  /** Asks one model for what is no answer of a turn, under the same rules. Throws a FaultError. */
  plainly<T>(ask: PlainAsk<T>, signal: AbortSignal): Promise<T>;
  /** How a provider does, from what was seen of it; who has no key or is switched off is not known here. */
  healthOf(providerId: string): ProviderHealth;
  dispose(): void;
}

export function createExecution(deps: ExecutionDeps): Execution {
  const { clock, timers } = deps;
  const breakers = createBreakers(clock, deps.onBreaker);
  const pace = createPace({
    clock,
    timers,
    ...(deps.concurrencyOf === undefined ? {} : { concurrencyOf: deps.concurrencyOf }),
  });
  const retryBudget = createRetryBudget(clock);
  const offline = createOffline({
    clock,
    timers,
    systemOnline: deps.systemOnline ?? (() => null),
    reachableOffline: deps.reachableOffline ?? (() => false),
    onError: deps.onError,
  });
  const stopListening = offline.onChange(({ online }) => {
    if (online) breakers.networkBack();
  });
  const all = { ...deps, breakers, pace, retryBudget, offline, format: createFormatChecker() };

  return {
    breakers,
    pace,
    offline,
    execute: (input, hooks) => execute(all, input, hooks),
    plainly: (ask, signal) => callPlainly(all, ask, signal),
    healthOf(providerId) {
      const { okAt, faultAt } = breakers.seen(providerId);
      const seen = { lastOkAt: okAt, lastFaultAt: faultAt };
      const open = breakers.providerOpen(providerId);
      if (open) {
        const state = open.because === 'auth' ? 'key-refused' : open.because === 'quota' ? 'out-of-quota' : 'failing';
        return { state, detail: open.detail, until: open.until, ...seen };
      }
      const network = offline.state();
      if (!network.online && deps.reachableOffline?.(providerId) !== true)
        return { state: 'offline', detail: network.detail, until: null, ...seen };
      const until = pace.providerUntil(providerId);
      if (until !== null) return { state: 'limited', detail: FAULT_TABLE.rate_limit.sentence, until, ...seen };
      return { state: okAt === null ? 'untested' : 'ok', detail: null, until: null, ...seen };
    },
    dispose() {
      stopListening();
      offline.dispose();
    },
  };
}
