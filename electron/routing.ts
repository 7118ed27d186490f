import { onceFor } from './base/once-for.ts';
import type { Clock } from './base/clock.ts';
import type { createDisposeStack } from './base/dispose.ts';
import type { MintId } from './base/ids.ts';
import type { KeyVault } from './base/key-vault.ts';
import type { Log } from './base/log.ts';
import type { MachineState } from './base/machine-state.ts';
import type { Timers } from './base/timers.ts';
import type { Config } from './contract/config.ts';
import type { ProviderConfig } from './contract/providers.ts';
import type { Trace, UsageEntry } from './contract/entities/trace.ts';
import { costUsd, createEgress, createWayOut, isLoopback, isNear, providerTitle } from './model/index.ts';
import type { Egress } from './model/index.ts';
import type { Announce } from './orchestration/announce.ts';
import { createAnswerer } from './orchestration/answer/answer.ts';
import type { AnswerRequest } from './orchestration/answer/types.ts';
import { planRequest } from './orchestration/answer/plan-request.ts';
import type { PlanDeps } from './orchestration/answer/plan-request.ts';
import { createSemanticDoor } from './orchestration/answer/semantic.ts';
import type { MayEmbed } from './orchestration/answer/semantic.ts';
import { createEmbed, embedderOf } from './orchestration/complete/embed.ts';
import type { Models } from './orchestration/models-door.ts';
import { createProviders } from './orchestration/providers/providers.ts';
import type { Policies } from './orchestration/policies/policies.ts';
import type { Settings } from './orchestration/settings/settings.ts';
import {
  budgetLimits,
  createAnswerCache,
  createBudget,
  createExecution,
  createStickyMemory,
  createObserver,
  createSemanticCache,
} from './router/index.ts';
import type { CacheMode, RoutePlan, SemanticCache } from './router/index.ts';
import type { Store } from './storage/index.ts';
import type { ApiTokenRecord } from './storage/store.ts';
import { createTraceRecorder } from './telemetry/recorder.ts';

const REHEARSALS = 5;

/** The limits of these settings and these tokens, which are asked for ten times a call. */
const limitsOf = onceFor((config: Config) =>
  onceFor((tokens: readonly ApiTokenRecord[]) => budgetLimits(config, tokens)),
);
/** The same of a provider of the settings, which is asked for every request. */
const isNearby = onceFor(({ baseUrl }: ProviderConfig) => isLoopback(baseUrl));
const maySendBills = onceFor(({ baseUrl }: ProviderConfig) => !isNear(baseUrl));

/** Where each provider is reached and as whom, by its id. */
const placesOf = (providers: readonly ProviderConfig[]): ReadonlyMap<string, string> =>
  new Map(
    providers.map(({ id, kind, baseUrl, apiKey, headers }) => [id, JSON.stringify([kind, baseUrl, apiKey, headers])]),
  );

/** The door out, with its log in the store. */
export function buildEgress(deps: {
  readonly store: Pick<Store, 'egress' | 'chat'>;
  readonly clock: Clock;
  readonly mintId: MintId;
  readonly machine: MachineState;
  readonly config: () => Config;
  readonly disposables: ReturnType<typeof createDisposeStack>;
}): Egress {
  const { store, clock, mintId, machine, config, disposables } = deps;
  const wayOut = createWayOut(() => config().network, machine.proxiesFor ?? null);
  const isPrivate = (conversationId: string): boolean => store.chat.isPrivate(conversationId);
  return disposables.add(createEgress({ log: store.egress, clock, mintId, isPrivate, wayOut }));
}

/** Everything between a request and the models: money, breakers, cache, decision, attempts. */
export function buildRouting(deps: {
  readonly store: Store;
  readonly settings: Settings;
  readonly models: Models;
  readonly policies: Policies;
  readonly announce: Announce;
  readonly machine: MachineState;
  readonly vault: KeyVault;
  readonly freeBytes: () => number | null;
  readonly memoryPressure: () => boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly mintId: MintId;
  /** Stores a trace of no conversation. */
  readonly saveTrace: (trace: Trace, usages: readonly UsageEntry[]) => void;
  readonly disposables: ReturnType<typeof createDisposeStack>;
}) {
  const { store, settings, models, policies, announce, machine, clock, timers, log, disposables } = deps;
  const config = (): Config => settings.config();
  const onError = (error: unknown) => {
    log.write('error', 'routing.error', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  };
  const provider = (providerId: string) => config().providers.find(({ id }) => id === providerId);
  const reachableOffline = (providerId: string): boolean => {
    const found = provider(providerId);
    return found !== undefined && isNearby(found);
  };
  const mayCharge = (providerId: string): boolean => {
    const found = provider(providerId);
    return found !== undefined && maySendBills(found);
  };
  const titleOf = (providerId: string): string => {
    const found = provider(providerId);
    return found ? providerTitle(found) : providerId;
  };

  const budget = createBudget({
    clock,
    limits: () => limitsOf(config())(store.apiTokens.all()),
    ledger: store.usage,
    pending: store.pendingCosts,
    providerTitle: titleOf,
    onOverrun: (ask, usd) => {
      log.write('warn', 'budget.overrun', { provider: ask.providerId, heldUsd: ask.mostUsd, costUsd: usd });
    },
    onChange: () => {
      announce.topics(['budgets']);
    },
  });
  const execution = disposables.add(
    createExecution({
      provider: models.provider,
      clock,
      timers,
      random: Math.random,
      budget,
      costUsd,
      systemOnline: () => machine.online(),
      reachableOffline,
      concurrencyOf: (providerId) => provider(providerId)?.concurrency ?? 0,
      onBreaker(change) {
        try {
          store.traces.addBreakerChange(change);
          announce.topics(['breakers', 'providers']);
        } catch (error) {
          // Whoever is asked next matters more than the record of it.
          onError(error);
        }
      },
      onError,
    }),
  );
  disposables.add({
    dispose: execution.offline.onChange((state) => {
      announce.signal('network', state);
      announce.topics(['providers']);
    }),
  });
  let era = 0;
  let places = placesOf(config().providers);
  disposables.add({
    dispose: settings.onChange(({ providers }) => {
      execution.breakers.configChanged();
      const now = placesOf(providers);
      for (const [id, place] of places) {
        if (now.get(id) === place) continue;
        // What happened elsewhere says nothing of where it is now.
        execution.breakers.moved(id);
        execution.pace.keyChanged(id);
      }
      places = now;
      era++;
    }),
  });
  const cache = createAnswerCache({
    store: store.cache.exact,
    clock,
    ttlMs: () => config().cache.exactTtlSeconds * 1000,
    onError,
  });
  const embed = createEmbed({
    models,
    budget,
    execution,
    limits: () => policies.inForce().policy.limits,
    mayCharge,
    costUsd,
    save: deps.saveTrace,
    clock,
    timers,
    mintId: deps.mintId,
  });
  // An answer kept for later is words kept for later.
  const keepsText = (): boolean => config().data.traceText !== 'none';
  const semanticOn = (): boolean => keepsText() && config().cache.semantic;
  const exactMode = (): CacheMode => (keepsText() ? config().cache.exact : 'off');
  let kept = { exact: exactMode() !== 'off', semantic: semanticOn() };
  disposables.add({
    // Who switches a cache off wants nothing kept in it.
    dispose: settings.onChange(() => {
      const now = { exact: exactMode() !== 'off', semantic: semanticOn() };
      if (kept.exact && !now.exact) cache.clear();
      if (kept.semantic && !now.semantic) forgetAlike();
      kept = now;
    }),
  });
  function forgetAlike(): void {
    try {
      store.cache.semantic.clear();
    } catch (error) {
      onError(error);
    }
  }
  const semanticCaches = new Map<string, SemanticCache>();
  const semanticCache = (mayEmbed: MayEmbed): SemanticCache | null => {
    const embedder = semanticOn() ? embedderOf(models.list().filter(mayEmbed), 'auto', false) : null;
    if (!embedder) return null;
    const known = semanticCaches.get(embedder.id);
    if (known) return known;
    const made = createSemanticCache({
      records: store.cache.semantic,
      embedder: embedder.id,
      embed: async (texts, signal) => (await embed({ texts, route: embedder.id }, signal)).vectors,
      clock,
      enabled: semanticOn,
      ttlMs: () => config().cache.exactTtlSeconds * 1000,
      maxWrongShare: () => config().cache.semanticMaxWrongShare,
      random: Math.random,
      onError,
    });
    semanticCaches.set(embedder.id, made);
    return made;
  };
  const observe = disposables.add(
    createObserver({ record: (seen) => store.observations.record(seen), timers, onError }),
  );
  const planning: PlanDeps = {
    models,
    clock,
    machine,
    freeBytes: deps.freeBytes,
    memoryPressure: deps.memoryPressure,
    policy: (name) => policies.inForce(name),
    sticky: createStickyMemory(clock),
    health: (token) => ({
      online: execution.offline.online(),
      reachableOffline,
      mayCharge,
      breakerOf: (modelId) => execution.breakers.breakerOf(modelId),
      paceUntil: (modelId) => execution.pace.until(modelId),
      budgetLeftUsd: (providerId) => budget.leftUsd(providerId, token, ''),
      budgetWords: (providerId) => budget.wordsFor(providerId, token) ?? '',
    }),
  };
  const answer = createAnswerer({
    ...planning,
    models,
    execution,
    cache,
    placeOf: (providerId) => places.get(providerId) ?? '',
    cacheMode: exactMode,
    semantic: createSemanticDoor(semanticCache),
    isBudgeted: (providerId, token) => budget.leftUsd(providerId, token, '') !== Infinity,
    onAttempts: observe.add,
  });
  return {
    answer,
    /** What requests of no conversation need besides; `era` = another number whenever the settings changed, when what is asked may go another way. */
    forRequests: { embed, era: () => era },
    /** Decides for a request without asking anybody, and leaves no trace. */
    plan(request: AnswerRequest): RoutePlan {
      const recorder = createTraceRecorder(deps, deps.mintId(), 'Plan');
      return planRequest(planning, request, request.messages, recorder.root).plan;
    },
    /** Decides a few times for nobody: policies and prices are read and the code is compiled before the first turn. */
    rehearse() {
      const messages = [{ role: 'user' as const, text: 'What is the capital of France, and why?' }];
      const request = { messages, route: 'auto', isPrivate: () => true, sampling: {}, source: 'app' as const };
      for (let time = 0; time < REHEARSALS; time++) {
        const recorder = createTraceRecorder(deps, deps.mintId(), 'Rehearsal');
        planRequest(planning, { ...request, stateKey: null, conversationId: null }, messages, recorder.root);
      }
    },
    execution,
    budget,
    /** Answers made in a conversation are given no more: it was deleted, or became private. */
    forgetAnswers(conversationId: string): void {
      cache.forget(conversationId);
      store.cache.semantic.removeOf(conversationId);
    },
    /** Removes answers that are too old to be given. */
    tidyAnswers(): void {
      const before = clock.now() - config().cache.exactTtlSeconds * 1000;
      store.cache.exact.removeBefore(before);
      store.cache.semantic.removeBefore(before);
    },
    providers: createProviders({
      settings,
      vault: deps.vault,
      announce,
      hasKey: (config) => models.providers.hasKey(config),
      needsKey: (config) => models.providers.needsKey(config),
      headersProblem: (config) => models.providers.headersProblem(config),
      healthOf: (providerId) => execution.healthOf(providerId),
      network: () => execution.offline.state(),
      spentTodayUsd: (providerId) => {
        const now = clock.now();
        return store.usage.sums(new Date(now).setHours(0, 0, 0, 0), now + 1).byProvider.get(providerId) ?? 0;
      },
      keyChanged: (providerId) => {
        execution.breakers.keyChanged(providerId);
        execution.pace.keyChanged(providerId);
        models.providers.keyChanged();
      },
      now: () => clock.now(),
      test: (config, signal) => models.providers.test(config, signal),
    }),
  };
}
