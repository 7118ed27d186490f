import { ROUTE_LOCAL } from '../../contract/names.ts';
import type { FaultCode } from '../../contract/faults.ts';
import { say, SENTENCES } from '../../contract/sentences/index.ts';
import type { SentenceCode } from '../../contract/sentences/index.ts';
import type { Objective } from '../../contract/policy.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import type { Looked } from '../decide.ts';
import { reason, sayReason } from '../explain.ts';
import type { Reason } from '../explain.ts';
import type { RoutePlan } from '../plan.ts';
import type { Features } from '../features/features.ts';
import { qualityOf } from './score.ts';

/** What the reasons of a decision are told from. */
export interface Told {
  readonly chosen: Looked | null;
  /** The model that answers when the draft of the chosen one is doubted; null = no draft. */
  readonly best: ModelEntry | null;
  readonly named: string | null;
  readonly source: Features['source'];
  /** Best first. */
  readonly usable: readonly Looked[];
  /** Model the conversation was still with; null = none. */
  readonly sticky: string | null;
  readonly difficulty: number;
  readonly objective: Objective;
  readonly preferredBy: readonly string[];
  readonly ladderStart: string;
  readonly degraded: string | null;
}

function whyChosen(chosen: Looked, told: Told): Reason {
  const { usable, named, source, sticky, objective } = told;
  if (chosen.model.id === named) return reason(source === 'api' || source === 'lab' ? 'named_by_request' : 'named');
  if (usable.length === 1) return reason('only_one');
  if (told.best) return reason('draft', { other: told.best.name });
  if (chosen !== usable[0]) return reason('ladder', { to: told.ladderStart });
  const best = usable.reduce(
    (most, { total, preferred }) => (preferred === chosen.preferred ? Math.max(most, total) : most),
    0,
  );
  if (chosen.model.id === sticky && chosen.total < best) return reason('sticky');
  const onlyLocal = usable.every(({ model }) => model.kind === 'local');
  if (!onlyLocal && chosen.preferred !== Infinity)
    return reason('preferred', { rule: told.preferredBy[chosen.preferred] ?? '' });
  if (objective.cost > objective.quality) return reason('best_cost');
  const quality = qualityOf(chosen.model);
  const mostCapable = usable.every(({ model }) => qualityOf(model) <= quality);
  if (mostCapable && onlyLocal) return reason('best_local');
  if (objective.cost === 0 && mostCapable) return reason('best_quality');
  if (mostCapable && told.difficulty >= 0.5) return reason('best_hard');
  if (!mostCapable && told.difficulty < 0.5 && objective.cost + objective.latency > 0) return reason('best_easy');
  return reason(mostCapable ? 'best_quality' : 'best_score');
}

/** Why this model, one sentence each, most important first. */
export function reasonsFor(told: Told): string[] {
  const { chosen, degraded } = told;
  const also = degraded === null ? [] : [degraded];
  if (!chosen) return [sayReason(reason('nobody')), ...also];
  const { model, likelyUsd } = chosen;
  const where =
    model.kind === 'local'
      ? [reason('free')]
      : [
          reason('leaves', { provider: model.providerName ?? model.provider }),
          ...(likelyUsd === null ? [] : [reason('costs', { likely: likelyUsd })]),
          ...(chosen.shortened ? [reason('shortened', { tokens: chosen.maxTokens ?? 0 })] : []),
        ];
  return [sayReason(whyChosen(chosen, told)), ...also, ...where.map(sayReason)];
}

/** Which obstacle a refusal is about when several stand in the way: the lock first, then what a person or time can lift. */
const ORDER: readonly FaultCode[] = [
  'private_only',
  'budget',
  'offline',
  'rate_limit',
  'overloaded',
  'server_error',
  'timeout',
  'network',
  'auth',
  'quota',
  'context_length',
  'local_oom',
  'gpu_lost',
  'local_crash',
  'not_found',
  'model_file_corrupt',
];

/** What would let an answer be given where this stands in the way, one sentence. */
export const remedyFor = (cause: FaultCode): string => {
  const code = `reason.remedy.${cause}`;
  return say(code in SENTENCES ? (code as SentenceCode) : 'reason.remedy.other');
};

/** Obstacles a refusal is named after; whatever else stands in the way is `no_candidate`, with the reason in its words. */
const NAMED: readonly FaultCode[] = ['private_only', 'budget', 'offline', 'context_length'];

/** Why nobody may answer and what would allow it. `misfit` = models may, but the ladder of the policy names none of them. */
export function refusalOf(
  ranked: readonly Looked[],
  features: Features,
  named: string | null,
  misfit: boolean,
): NonNullable<RoutePlan['refusal']> {
  const nobody = say('reason.nobody_now');
  if (misfit)
    return {
      code: 'no_candidate',
      detail: `${nobody} ${say('reason.misfit')}`,
    };
  if (ranked.length === 0) return { code: 'no_candidate', detail: `${nobody} ${say('reason.no_models')}` };
  const place = ({ rejected }: Looked): number => {
    const at = ORDER.indexOf(rejected?.fault ?? 'no_candidate');
    return at < 0 ? ORDER.length : at;
  };
  const first = ranked.toSorted((a, b) => place(a) - place(b))[0];
  const cause = first?.rejected?.fault ?? 'no_candidate';
  const code = NAMED.includes(cause) ? cause : 'no_candidate';
  // For the lock, what keeps an allowed model from answering says more than the lock alone.
  const chosen = ranked.find(({ model }) => model.id === named);
  const allowed =
    cause === 'private_only' ? ranked.find(({ rejected }) => rejected?.fault !== 'private_only') : undefined;
  const told = [...new Set([chosen, first, allowed])].filter((item) => item !== undefined);
  const words = told.map(({ model, rejected }) =>
    rejected ? sayReason(reason('refusal', { name: model.name, words: sayReason(rejected) })) : '',
  );
  const local = features.route === ROUTE_LOCAL ? ` ${say('reason.only_local_asked')}` : '';
  const retryAfterMs = Math.min(...ranked.map(({ rejected }) => rejected?.waitMs ?? Infinity));
  return {
    code,
    ...(retryAfterMs === Infinity ? {} : { retryAfterMs }),
    detail: `${nobody} ${words.join(' ')} ${remedyFor(cause)}${local}`,
  };
}
