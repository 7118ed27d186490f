import type { Clock } from '../../base/clock.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import { decide } from '../../router/index.ts';
import { percentiles } from './percentiles.ts';
import type { Percentiles } from './percentiles.ts';

const ROUNDS = 2000;
const WARM_UP = 200;

/** How long choosing a model takes, without asking it. */
export function measureRouter(models: readonly ModelEntry[], clock: Clock): { decideMs: Percentiles } {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    const startMs = clock.monotonicMs();
    decide(
      { route: 'auto', private: false, messageTokens: 20 + round, historyTokens: round, messages: 1 },
      models,
      { now: 0, freeBytes: null, loadedModelId: null, openUntil: () => null },
      'local-first',
    );
    if (round >= WARM_UP) times.push(clock.monotonicMs() - startMs);
  }
  return { decideMs: percentiles(times) };
}
