import type { ModelEntry } from '../../contract/entities/model.ts';
import type { FaultCode } from '../../contract/faults.ts';
import type { Policy } from '../../contract/policy.ts';
import { ROUTE_LOCAL } from '../../contract/names.ts';
import type { Reason } from '../explain.ts';
import type { Features } from '../features/features.ts';
import { placeIn } from '../policy/match.ts';
import type { Effective } from '../policy/rules.ts';
import { isLoaded, memoryNeeded } from './estimate.ts';
import type { Health } from './health.ts';
import { qualityOf } from './score.ts';

/** Room a reply needs at least, in tokens. */
export const MIN_REPLY_TOKENS = 64;
/** Under memory pressure nothing that needs more than this is loaded anew, in bytes. */
const SMALL_BYTES = 512 * 2 ** 20;

/** Why a model may not answer. */
export interface Rejection extends Reason {
  /** The fault a refusal carries when this is what stands in the way. */
  readonly fault: FaultCode;
  /** The person would expect this model to answer: passing it over is a degradation. */
  readonly degrades: boolean;
  /** When it is over by itself, in ms from now; absent = nobody knows, or a person has to act. */
  readonly waitMs?: number;
}

const no = (code: Reason['code'], fault: FaultCode, degrades: boolean, params: Reason['params'] = {}): Rejection => ({
  code,
  fault,
  degrades,
  params,
});

/** Facts of the model's own: its file, its provider, a person's switch. */
function byState(model: ModelEntry): Rejection | null {
  const params = { problem: model.problem ?? '' };
  switch (model.state) {
    case 'missing':
      return no('file_missing', 'not_found', true, params);
    case 'corrupt':
      return no('file_corrupt', 'model_file_corrupt', true, params);
    case 'unsupported':
      return no('unsupported', 'no_candidate', false, params);
    case 'disabled':
      return no('disabled', 'no_candidate', false, params);
    case 'no-key':
      return no('no_key', 'auth', false, params);
    case 'ready':
    case 'loading':
    case 'loaded':
      return null;
  }
}

/** What the person and the policy allow. */
function byRule(model: ModelEntry, features: Features, effective: Effective, named: boolean): Rejection | null {
  if (features.private && !model.trustedForPrivate) return no('private', 'private_only', false);
  if (features.route === ROUTE_LOCAL && model.kind !== 'local') return no('local_route', 'no_candidate', false);
  for (const { rule, kinds } of effective.kinds)
    if (!kinds.includes(model.kind))
      return no(model.kind === 'cloud' ? 'policy_local' : 'policy_cloud', 'no_candidate', false, by(rule));
  for (const { rule, patterns } of effective.only)
    if (placeIn(patterns, model) === null) return no('policy_only', 'no_candidate', false, by(rule));
  for (const { rule, patterns } of effective.never)
    if (placeIn(patterns, model) !== null) return no('policy_never', 'no_candidate', false, by(rule));
  const quality = qualityOf(model);
  if (!named && quality < effective.minQuality)
    return no('quality', 'no_candidate', false, { quality, least: effective.minQuality });
  return null;
}
const by = (rule: string | null): Reason['params'] => (rule === null ? {} : { rule });

/** What the request needs and the model cannot give. */
function byCapability(model: ModelEntry, features: Features): Rejection | null {
  const can = model.capabilities;
  if (can.embeddings && !can.tools && !can.jsonSchema && !can.vision && !can.reasoning && !can.logprobs)
    return no('embeddings', 'no_candidate', false);
  if (features.tools && !can.tools) return no('tools', 'no_candidate', false);
  if (features.images > 0 && !can.vision) return no('vision', 'no_candidate', false);
  if (features.schema && !can.jsonSchema) return no('schema', 'no_candidate', false);
  const tokens = features.messageTokens + features.fixedTokens;
  if (tokens + MIN_REPLY_TOKENS > model.contextTokens)
    return no('context', 'context_length', false, { tokens, context: model.contextTokens });
  return null;
}

/** What stands in the way now and may go by itself. */
function byHealth(model: ModelEntry, health: Health, maxWaitMs: number): Rejection | null {
  if (model.kind === 'cloud' && !health.online && health.reachableOffline?.(model.provider) !== true)
    return no('offline', 'offline', true);
  const breaker = health.breakerOf(model.id);
  if (breaker.state === 'open' && (breaker.until === null || breaker.until > health.now)) {
    const seconds = breaker.until === null ? 0 : Math.max(1, Math.ceil((breaker.until - health.now) / 1000));
    const because = breaker.because ?? 'unknown';
    const rejection = no('breaker', breaker.because ?? 'server_error', true, { because, seconds });
    return breaker.until === null ? rejection : { ...rejection, waitMs: breaker.until - health.now };
  }
  const wait = (health.paceUntil(model.id) ?? 0) - health.now;
  if (wait > maxWaitMs)
    return { ...no('paced', 'rate_limit', true, { seconds: Math.ceil(wait / 1000) }), waitMs: wait };
  return null;
}

function byMoney(model: ModelEntry, mostUsd: number, health: Health, policy: Policy): Rejection | null {
  if (model.kind === 'local') return null;
  const perTurn = policy.constraints.maxUsdPerTurn;
  if (perTurn !== null && mostUsd > perTurn) return no('too_dear', 'budget', false, { most: mostUsd, limit: perTurn });
  const left = health.budgetLeftUsd(model.provider);
  if (left === Infinity) return null;
  const words = (): string => health.budgetWords(model.provider);
  // What nobody knows the price of no budget can hold.
  if (model.price === null && left > 0 && health.mayCharge?.(model.provider) === true)
    return no('no_price', 'budget', false);
  if (model.price === null && left <= 0) return no('budget_no_price', 'budget', true, { words: words() });
  if (mostUsd > 0 && mostUsd > left)
    return no('budget', 'budget', true, { most: mostUsd, left: Math.max(0, left), words: words() });
  return null;
}

function byMemory(model: ModelEntry, health: Health): Rejection | null {
  if (model.kind !== 'local' || model.embedded || isLoaded(model, health.loadedModelId)) return null;
  const needed = memoryNeeded(model);
  if (health.freeBytes !== null && needed > health.freeBytes)
    return no('memory', 'local_oom', true, { needed, free: health.freeBytes });
  if (health.memoryPressure && needed > SMALL_BYTES) return no('memory_pressure', 'local_oom', true, { needed });
  return null;
}

/** The first reason why a model may not answer; null = it may. What a person has to act on comes first. */
export function rejectionOf(
  model: ModelEntry,
  features: Features,
  health: Health,
  policy: Policy,
  effective: Effective,
  mostUsd: number,
): Rejection | null {
  return (
    byState(model) ??
    byRule(model, features, effective, features.route === model.id) ??
    byCapability(model, features) ??
    byHealth(model, health, policy.limits.maxWaitMs) ??
    byMoney(model, mostUsd, health, policy) ??
    byMemory(model, health)
  );
}
