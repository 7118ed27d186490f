import type { ModelEntry } from '../../contract/entities/model.ts';
import type { FaultCode } from '../../contract/faults.ts';
import type { Policy } from '../../contract/policy.ts';
import { STARTER_MODEL_ID } from '../../contract/names.ts';
import type { PlanStep } from '../plan.ts';
import { placeIn } from '../policy/match.ts';

/** A model that may answer, with what it would cost. */
export interface Usable {
  readonly model: ModelEntry;
  readonly total: number;
  readonly mostUsd: number;
  readonly likelyUsd: number | null;
  readonly maxTokens: number | null;
  readonly shortened: boolean;
}

/** `next` and `cheaper` stand for so many models at most: a turn has no time for more. */
const MOST_FURTHER = 5;

/** The models a step of the ladder stands for, best first, without those that stand in it already. */
function meant(
  to: Policy['ladder'][number]['to'],
  left: readonly Usable[],
  first: Usable | undefined,
): readonly Usable[] {
  switch (to) {
    case 'best':
      return left.slice(0, 1);
    case 'next':
      return left.slice(0, MOST_FURTHER);
    case 'cheaper': {
      const most = first?.likelyUsd ?? Infinity;
      return left.filter(({ likelyUsd }) => likelyUsd !== null && likelyUsd <= most).slice(0, MOST_FURTHER);
    }
    case 'other-provider':
      return left.filter(({ model }) => model.provider !== first?.model.provider).slice(0, 1);
    case 'local':
      return left.filter(({ model }) => model.kind === 'local').slice(0, 1);
    case 'starter':
      return left.filter(({ model }) => model.id === STARTER_MODEL_ID);
    default:
      return left.filter(({ model }) => placeIn([to], model) !== null).slice(0, MOST_FURTHER);
  }
}

const stepOf = (item: Usable, after: readonly FaultCode[] | null): PlanStep => ({
  model: item.model,
  after,
  mostUsd: item.mostUsd,
  ...(item.maxTokens === null ? {} : { maxTokens: item.maxTokens }),
  ...(item.shortened ? { shortened: true } : {}),
});

/** The steps of a ladder for these models (best first). `front` stand before it, whatever it says. No model twice. */
export function stepsOf(ladder: Policy['ladder'], usable: readonly Usable[], front: readonly Usable[]): PlanStep[] {
  const taken = new Set(front);
  const steps = front.map((item) => stepOf(item, null));
  // The first step is no fallback: what it answers to is not asked.
  for (const { to, after } of ladder) {
    const left = usable.filter((item) => !taken.has(item));
    const first = usable.find((item) => item.model === steps[0]?.model);
    for (const item of meant(to, left, first)) {
      taken.add(item);
      steps.push(stepOf(item, steps.length === 0 ? null : (after ?? null)));
    }
  }
  return steps;
}
