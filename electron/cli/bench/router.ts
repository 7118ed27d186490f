import type { Clock } from '../../base/clock.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import { decide, extractFeatures, healthyMachine } from '../../router/index.ts';
import type { LoadedPolicy } from '../../router/index.ts';
import { percentiles } from './percentiles.ts';
import type { Percentiles } from './percentiles.ts';

const ROUNDS = 2000;
const WARM_UP = 300;
const CANDIDATES = 50;

export interface RouterFigures {
  readonly candidates: number;
  /** Choosing among the candidates. */
  readonly decideMs: Percentiles;
  /** Looking at a usual question. */
  readonly featuresMs: Percentiles;
  /** Looking at a question of 1,000,000 characters. */
  readonly longFeaturesMs: Percentiles;
}

const QUESTIONS = [
  'hello there',
  'Write a function in Python that merges two sorted lists, and explain its cost step by step.',
  'If 3 workers need 4 days for half of the fence, how many days do 6 workers need for all of it?',
  'Summarise the letter below in three sentences. '.repeat(12),
];

/** Fifty candidates: the models there are, then others like what providers offer. */
function fifty(models: readonly ModelEntry[]): ModelEntry[] {
  const [like] = models;
  const all = models.slice(0, CANDIDATES);
  for (let number = all.length; like && number < CANDIDATES; number++) {
    const cloud = number % 3 !== 0;
    all.push({
      ...like,
      id: `${cloud ? `p${number % 7}` : 'local'}/m${number}`,
      name: `Model ${number}`,
      provider: cloud ? `p${number % 7}` : 'local',
      kind: cloud ? 'cloud' : 'local',
      trustedForPrivate: !cloud,
      embedded: false,
      quality: number % 5 === 0 ? null : (number % 10) / 10,
      parameters: cloud ? null : 1e8 * number,
      contextTokens: 2048 * (1 + (number % 20)),
      price: cloud
        ? {
            usdPerMTokIn: number % 5,
            usdPerMTokCachedIn: 1,
            usdPerMTokCacheWrite: 1,
            usdPerMTokOut: number % 17,
            source: 'config',
            asOf: null,
          }
        : null,
    });
  }
  return all;
}

/** How long choosing a model takes, without asking it: with 50 candidates, every rule of the policies at work. */
export function measureRouter(
  models: readonly ModelEntry[],
  policies: readonly LoadedPolicy[],
  clock: Clock,
): RouterFigures {
  const candidates = fifty(models);
  const input = { route: 'auto', private: false, source: 'app' } as const;
  const long = 'Long texts are sampled, whatever they say. '.repeat(23_256).slice(0, 1_000_000);
  const times: Record<'decide' | 'features' | 'long', number[]> = { decide: [], features: [], long: [] };
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    const text = QUESTIONS[round % QUESTIONS.length] ?? '';
    const policy = policies[round % policies.length];
    if (!policy) break;
    const startMs = clock.monotonicMs();
    const features = extractFeatures({ ...input, messages: [{ role: 'user', text }] });
    const featuredMs = clock.monotonicMs();
    decide(features, candidates, { ...healthyMachine(0), freeBytes: 16 * 2 ** 30 }, policy);
    const decidedMs = clock.monotonicMs();
    if (round < WARM_UP) continue;
    times.features.push(featuredMs - startMs);
    times.decide.push(decidedMs - featuredMs);
    if (round % 10 !== 0) continue;
    // Parsed, as a message comes in: a string put together is only joined when it is first read.
    const messages = [{ role: 'user' as const, text: JSON.parse(JSON.stringify(`${String(round)}${long}`)) as string }];
    const beganMs = clock.monotonicMs();
    extractFeatures({ ...input, messages });
    times.long.push(clock.monotonicMs() - beganMs);
  }
  return {
    candidates: candidates.length,
    decideMs: percentiles(times.decide),
    featuresMs: percentiles(times.features),
    longFeaturesMs: percentiles(times.long),
  };
}
