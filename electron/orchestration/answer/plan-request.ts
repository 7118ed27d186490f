import type { Clock } from '../../base/clock.ts';
import type { MachineState } from '../../base/machine-state.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import type { ModelMessage } from '../../model/model.ts';
import { decide, extractFeatures } from '../../router/index.ts';
import type { Health, LoadedPolicy, RoutePlan, StickyMemory } from '../../router/index.ts';
import type { ActiveSpan } from '../../telemetry/recorder.ts';
import type { Models } from '../models-door.ts';
import type { AnswerRequest } from './types.ts';

export interface PlanDeps {
  readonly models: Pick<Models, 'list' | 'engine'>;
  readonly clock: Clock;
  readonly machine: MachineState;
  /** Memory that could be used now, in bytes; null = unknown. */
  readonly freeBytes: () => number | null;
  /** The system says that it is short of memory. Absent = it never does. */
  readonly memoryPressure?: () => boolean;
  /** The policy of this name, else the one in force. */
  readonly policy: (name?: string) => LoadedPolicy;
  readonly sticky: StickyMemory;
  /** What the router knows of providers, network and money. */
  readonly health: (
    token: NonNullable<AnswerRequest['token']> | null,
  ) => Omit<Health, 'now' | 'freeBytes' | 'loadedModelId' | 'onBattery' | 'memoryPressure'>;
}

/** With less than this free, nothing large is loaded: the system would begin to swap. */
const PRESSURE_BYTES = 512 * 2 ** 20;

/** What is known of the machine and the providers now. */
function healthNow(
  { models, clock, machine, freeBytes, memoryPressure, health }: PlanDeps,
  token: AnswerRequest['token'],
): Health {
  const free = freeBytes();
  return {
    ...health(token ?? null),
    now: clock.now(),
    freeBytes: free,
    loadedModelId: models.engine().loadedModelId,
    onBattery: machine.onBattery(),
    memoryPressure: (free !== null && free < PRESSURE_BYTES) || (memoryPressure?.() ?? false),
  };
}

/** The plan for a request of the app's own to one model: nobody else is asked, and nothing is drafted. */
export function planFor(
  deps: PlanDeps,
  model: ModelEntry,
  policy: LoadedPolicy,
  request: Pick<AnswerRequest, 'isPrivate' | 'source' | 'token'>,
  messages: readonly ModelMessage[],
  maxTokens: number,
): RoutePlan {
  const { isPrivate, source } = request;
  const features = extractFeatures({ private: isPrivate(), source, messages, route: model.id, maxTokens });
  return { ...decide(features, [model], healthNow(deps, request.token), policy), draft: null };
}

/** Decides for one request and writes the decision on its span. */
export function planRequest(
  deps: PlanDeps,
  request: AnswerRequest,
  messages: readonly ModelMessage[],
  parent: ActiveSpan,
): { readonly plan: RoutePlan; readonly policy: LoadedPolicy } {
  const { models } = deps;
  const span = parent.child('route', 'Choose a model');
  const policy = deps.policy(request.policy);
  const plan = decide(
    extractFeatures({
      messages,
      route: request.route,
      private: request.isPrivate(),
      source: request.source,
      tools: request.tools,
      toolChoice: request.toolChoice,
      format: request.format,
      maxTokens: request.sampling.maxTokens,
      sticky: deps.sticky.of(request.conversationId, policy),
    }),
    models.list(),
    healthNow(deps, request.token),
    policy,
  );
  const { decision } = plan;
  span.set({
    policy: decision.policy,
    policyVersion: decision.policyVersion ?? 0,
    chosen: decision.chosen,
    reasons: decision.reasons,
    ...(decision.ladder ? { ladder: decision.ladder } : {}),
    ...(decision.rules && decision.rules.length > 0 ? { rules: decision.rules } : {}),
  });
  span.end();
  return { plan, policy };
}
