import type { ModelEntry } from '../contract/entities/model.ts';
import type { Candidate } from '../contract/entities/trace.ts';
import type { Objective, Policy } from '../contract/policy.ts';
import { ROUTE_AUTO, ROUTE_LOCAL } from '../contract/names.ts';
import { costOf, isLoaded } from './decide/estimate.ts';
import type { Health } from './decide/health.ts';
import { reasonsFor, refusalOf } from './decide/reasons.ts';
import { rejectionOf } from './decide/reject.ts';
import type { Rejection } from './decide/reject.ts';
import { qualityNeeded, qualityOf, scoreOf } from './decide/score.ts';
import type { Score } from './decide/score.ts';
import { stepsOf } from './decide/steps.ts';
import type { Usable } from './decide/steps.ts';
import { reason, sayReason } from './explain.ts';
import { featuresToAttributes } from './features/attributes.ts';
import type { Features, Sticky } from './features/features.ts';
import type { RoutePlan } from './plan.ts';
import type { LoadedPolicy } from './policy/loaded.ts';
import { matchesPattern, placeIn } from './policy/match.ts';
import { applyRules } from './policy/rules.ts';
import type { Effective } from './policy/rules.ts';

export { healthyMachine } from './decide/health.ts';
export type { Health } from './decide/health.ts';
export { MIN_REPLY_TOKENS } from './decide/reject.ts';
export type { Features } from './features/features.ts';

/** How much better another model must score before a conversation leaves the one it is with. */
const CLEARLY_BETTER = 0.15;
/** On battery a local model larger than this rests while another answers well enough, in bytes of weights. */
const BATTERY_BYTES = 3 * 2 ** 30;

/** A candidate as it was looked at. */
export interface Looked extends Usable, Score {
  readonly model: ModelEntry;
  rejected: Rejection | null;
  /** Place among the models the rules prefer; Infinity = not preferred. */
  readonly preferred: number;
}

function look(
  model: ModelEntry,
  features: Features,
  health: Health,
  policy: LoadedPolicy['policy'],
  effective: Effective,
): Looked {
  const cost = costOf(model, features, health.budgetLeftUsd(model.provider));
  const waitMs = Math.max(0, (health.paceUntil(model.id) ?? 0) - health.now);
  return {
    ...scoreOf(
      model,
      features,
      effective.objective,
      cost.likely,
      health.loadedModelId,
      waitMs,
      policy.context.tooLong.includes('larger'),
    ),
    model,
    mostUsd: cost.most,
    likelyUsd: cost.likely,
    maxTokens: cost.maxTokens,
    shortened: cost.shortened,
    rejected: rejectionOf(model, features, health, policy, effective, cost.most),
    preferred: placeIn(effective.prefer, model) ?? Infinity,
  };
}

/** Where money counts more than quality, nothing of less weight than the score makes a request dearer. */
const costFirst = ({ cost, quality }: Objective): boolean => cost > quality;
const usd = ({ likelyUsd }: Looked): number => likelyUsd ?? Infinity;
const isNoDearer = (one: Looked, other: Looked): boolean => usd(one) <= usd(other);

/** On battery a large model that is not loaded rests, if one that also may answer is good enough for the question. */
function restOnBattery(
  ranked: readonly Looked[],
  features: Features,
  loadedModelId: string | null,
  objective: Objective,
  ladder: Policy['ladder'],
): void {
  const heavy = ({ model }: Looked): boolean =>
    model.kind === 'local' &&
    model.id !== features.route &&
    (model.sizeBytes ?? 0) > BATTERY_BYTES &&
    !isLoaded(model, loadedModelId);
  const needed = qualityNeeded(features.difficulty);
  const light = ranked.filter((next) => next.rejected === null && !heavy(next));
  // Who takes over is somebody the ladder leads to: else nobody would answer at all.
  const led = new Set(stepsOf(ladder, light, []).map(({ model }) => model));
  for (const item of ranked) {
    if (item.rejected !== null || !heavy(item)) continue;
    // A provider takes over only where the policy ranks it as high, and not for money where that counts first: battery alone
    // sends nothing off the machine.
    const other = light.find(
      (next) =>
        led.has(next.model) &&
        next.preferred <= item.preferred &&
        (!costFirst(objective) || isNoDearer(next, item)) &&
        qualityOf(next.model) >= Math.min(needed, qualityOf(item.model)),
    );
    if (other)
      item.rejected = { ...reason('battery', { other: other.model.name }), fault: 'local_oom', degrades: true };
  }
}

/** The person's choice, then what the rules prefer, then the model the conversation is with, then the score. */
function rank(
  looked: readonly Looked[],
  named: string | null,
  sticky: Sticky | null,
  now: number,
  objective: Objective,
): Looked[] {
  const stays = looked.find(({ model, rejected }) => model.id === sticky?.modelId && rejected === null);
  const rivals = looked.filter(({ rejected, preferred }) => rejected === null && preferred === stays?.preferred);
  const best = rivals.reduce((most, { total }) => Math.max(most, total), 0);
  const mayStay = stays && (!costFirst(objective) || rivals.every((rival) => isNoDearer(stays, rival)));
  const stuck =
    mayStay && sticky && sticky.untilMs > now && best - stays.total <= CLEARLY_BETTER ? stays.model.id : null;
  // Scores are rounded: where only money counts, the cheaper one is told apart by its price, and of equally cheap ones the better wins.
  const price = (item: Looked): number => (objective.quality + objective.latency > 0 ? 0 : usd(item));
  return looked.toSorted(
    (a, b) =>
      Number(b.model.id === named) - Number(a.model.id === named) ||
      (a.preferred === b.preferred ? 0 : a.preferred - b.preferred) ||
      Number(b.model.id === stuck) - Number(a.model.id === stuck) ||
      b.total - a.total ||
      (price(a) === price(b) ? 0 : price(a) - price(b)) ||
      b.good - a.good ||
      Number(a.model.embedded) - Number(b.model.embedded) ||
      (a.model.id < b.model.id ? -1 : Number(a.model.id > b.model.id)),
  );
}

/** Who writes the draft, when the policy wants one of this request; null = nobody, or the best model anyway. */
function drafterOf(
  usable: readonly Looked[],
  first: ModelEntry | undefined,
  features: Features,
  { policy }: LoadedPolicy,
  wanted: boolean,
): Looked | null {
  const { by, maxDifficulty, minQuality } = policy.draft;
  if (!wanted || !first || features.difficulty > maxDifficulty) return null;
  const able = usable.filter(({ model }) => qualityOf(model) >= minQuality);
  const cheapest = (a: Looked, b: Looked): number => (a.likelyUsd ?? Infinity) - (b.likelyUsd ?? Infinity);
  const drafter =
    by === 'local'
      ? able.find(({ model }) => model.kind === 'local')
      : by === 'cheapest'
        ? able.toSorted(cheapest)[0]
        : able.find(({ model }) => matchesPattern(by, model));
  return drafter && drafter.model.id !== first.id ? drafter : null;
}

/**
 * Which model answers, and in what order others follow. Pure: the same inputs give the same plan. A model that was rejected
 * stands in no step, so every step can do what the request needs.
 */
export function decide(
  features: Features,
  candidates: readonly ModelEntry[],
  health: Health,
  loaded: LoadedPolicy,
): RoutePlan {
  const { policy } = loaded;
  const effective = applyRules(policy, features, health.onBattery);
  const named = features.route !== ROUTE_AUTO && features.route !== ROUTE_LOCAL ? features.route : null;
  const looked = candidates.map((model) => look(model, features, health, policy, effective));
  const { objective } = effective;
  const ordered = (sticky: Sticky | null): Looked[] => rank(looked, named, sticky, health.now, objective);
  // Ranked twice on battery: what rests depends on who else may answer, and who is stuck to on who rests.
  if (health.onBattery)
    restOnBattery(ordered(features.sticky), features, health.loadedModelId, objective, policy.ladder);
  const ranked = ordered(staysAsDrafter() ? null : features.sticky);
  const usable = ranked.filter((item) => item.rejected === null);

  const pinned = usable[0]?.model.id === named ? usable[0] : undefined;
  let steps = stepsOf(policy.ladder, usable, pinned ? [pinned] : []);
  const best = steps[0]?.model;
  const drafter = pinned ? null : drafterOf(usable, best, features, loaded, effective.draft);
  if (drafter) {
    const draft = stepsOf([], usable, [drafter]);
    steps = [...draft, ...steps.filter(({ model }) => model !== drafter.model)];
  }
  const chosen = usable.find(({ model }) => model === steps[0]?.model) ?? null;
  const degraded = degradation(ranked, usable.find(({ model }) => model === best) ?? null, named);
  return {
    decision: {
      policy: loaded.name,
      policyVersion: loaded.version,
      rules: [...effective.rules],
      ladder: steps.map(({ model }) => model.id),
      chosen: chosen?.model.id ?? null,
      reasons: reasonsFor({
        chosen,
        best: drafter ? (best ?? null) : null,
        named,
        source: features.source,
        usable,
        sticky: features.sticky !== null && features.sticky.untilMs > health.now ? features.sticky.modelId : null,
        difficulty: features.difficulty,
        objective: effective.objective,
        preferredBy: effective.preferredBy,
        ladderStart: policy.ladder[0]?.to ?? 'best',
        degraded,
      }),
      candidates: ranked.map(({ model, parts, total, rejected }): Candidate => ({
        modelId: model.id,
        modelName: model.name,
        score: rejected ? null : total,
        parts,
        rejected: rejected ? sayReason(rejected) : null,
        ...(rejected ? { rejectedCode: rejected.fault } : {}),
      })),
      features: {
        ...featuresToAttributes(features),
        freeBytes: health.freeBytes,
        onBattery: health.onBattery,
        online: health.online,
      },
    },
    steps,
    degradedReason: chosen ? degraded : null,
    refusal: chosen ? null : refusalOf(ranked, features, named, usable.length > 0),
    draft: drafter ? policy.draft : null,
    limits: policy.limits,
  };

  /** Staying with the model that drafts anyway would only spare its draft the checks. */
  function staysAsDrafter(): boolean {
    if (features.sticky === null || !effective.draft) return false;
    const able = ordered(null).filter(({ rejected }) => rejected === null);
    const first = stepsOf(policy.ladder, able, [])[0]?.model;
    return drafterOf(able, first, features, loaded, true)?.model.id === features.sticky.modelId;
  }
}

/** Why the best step is not what the person would expect; null when it is. */
function degradation(ranked: readonly Looked[], best: Looked | null, named: string | null): string | null {
  if (named !== null && !ranked.some(({ model }) => model.id === named)) {
    const local = named.startsWith('local/') || !named.includes('/');
    return sayReason(reason(local ? 'gone_local' : 'gone_cloud', { name: named }));
  }
  const passedOver = ranked
    .slice(0, best ? ranked.indexOf(best) : undefined)
    .find(({ model, rejected }) => rejected !== null && (rejected.degrades || model.id === named));
  if (!passedOver?.rejected) return null;
  return sayReason(reason('degraded', { name: passedOver.model.name, words: sayReason(passedOver.rejected) }));
}
