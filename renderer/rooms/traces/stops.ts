import type { Trace, TraceRow } from '../../../electron/contract/entities/trace.ts';
import { said } from '../../common/core-words/index.ts';
import type { RouteStop, Tone } from '../../kit/index.ts';
import { attemptsOf, skippedOf } from './attempts.ts';
import type { Attempt } from './attempts.ts';

/** Colour of the line that went through: what happened outweighs where. */
export const toneOf = (row: Pick<TraceRow, 'status' | 'degraded' | 'route'>): Tone => {
  if (row.status === 'failed') return 'failed';
  if (row.degraded) return 'degraded';
  return row.route ?? 'neutral';
};

/** Words the drawing needs for what has no sentence of its own. */
export interface StopWords {
  notNeeded(score: string): string;
  draft(): string;
  times(count: number, reason: string): string;
}

const passedTone = (attempt: Attempt): Tone =>
  attempt.action === 'escalated' || attempt.action === 'dropped' ? 'neutral' : 'failed';

const reasonOf = ({ fault, check }: Attempt, words: StopWords): string =>
  fault !== null ? said(fault.detail) : check !== null && check.reason !== null ? said(check.reason) : words.draft();

/** In the order the line meets them: models not used, attempts it switched away from, the one that answered. */
export const stopsOf = (trace: Trace, words: StopWords): readonly RouteStop[] => {
  const stops: RouteStop[] = [];
  const attempts = attemptsOf(trace);
  const asked = new Set(attempts.map((attempt) => attempt.modelId));
  const skipped = new Map(skippedOf(trace).map((model) => [model.modelId, model]));
  for (const { modelId, modelName, rejected, score } of trace.decision?.candidates ?? []) {
    if (modelId === trace.modelId || modelId === trace.decision?.chosen || asked.has(modelId)) continue;
    const why = skipped.get(modelId)?.detail ?? rejected;
    const reason = why === null ? words.notNeeded((score ?? 0).toFixed(2)) : said(why);
    stops.push({ name: modelName, state: 'rejected', reason, tone: 'neutral' });
  }
  let run: { readonly attempt: Attempt; count: number } | null = null;
  const flush = (): void => {
    if (run === null) return;
    const { attempt, count } = run;
    const reason = reasonOf(attempt, words);
    stops.push({
      name: attempt.modelName,
      state: 'passed',
      reason: count === 1 ? reason : words.times(count, reason),
      tone: passedTone(attempt),
    });
    run = null;
  };
  // Retries of one model are one place on the line.
  for (const attempt of attempts) {
    if (attempt.fault === null && attempt.action === 'answered') continue;
    if (attempt.action === 'kept' && trace.status !== 'failed') continue;
    if (run !== null && run.attempt.modelId === attempt.modelId) run = { attempt, count: run.count + 1 };
    else {
      flush();
      run = { attempt, count: 1 };
    }
  }
  flush();
  if (trace.modelName !== null && trace.status !== 'failed')
    stops.push({ name: trace.modelName, state: 'chosen', tone: toneOf(trace) });
  return stops;
};
