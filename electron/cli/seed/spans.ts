import type { Attributes, Span } from '../../contract/entities/trace.ts';
import type { Fault } from '../../contract/faults.ts';
import { createGapMeter } from '../../telemetry/gaps.ts';
import type { SeedModel } from './cast.ts';
import type { Chance } from './chance.ts';

export interface SpanFacts {
  readonly chance: Chance;
  readonly at: number;
  readonly model: SeedModel;
  readonly cached: boolean;
  readonly finish: string;
  readonly fault: Fault | null;
  /** A model that failed before this one answered. */
  readonly degradedBy: SeedModel | null;
  readonly tokensIn: number;
  readonly tokensCached: number;
  readonly tokensOut: number;
  readonly overheadMs: number;
  readonly loadMs: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  readonly durationMs: number;
  readonly costUsd: number;
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

/** A model says nothing more often than this, in ms. */
const LEAST_GAP_MS = 16;

/** Gaps of a stream as it would be written: even, with a pause now and then. The same for the same turn. */
function gapAttributes({ decodeMs, tokensOut, at }: SpanFacts): Attributes {
  const pieces = Math.min(tokensOut, Math.floor(decodeMs / LEAST_GAP_MS));
  if (pieces < 2) return {};
  const noise = (place: number): number => {
    const wave = Math.sin(place * 12.9898 + (at % 1000)) * 43_758.5453;
    return wave - Math.floor(wave);
  };
  const shares = Array.from({ length: pieces - 1 }, (_, place) =>
    noise(place) > 0.96 ? 4 : 0.7 + 0.6 * noise(place + 0.5),
  );
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const meter = createGapMeter();
  for (const share of shares) meter.add((decodeMs * share) / whole);
  const summary = meter.summary();
  const { slotsMs, each } = meter.drawing();
  return {
    deltas: pieces,
    ...(summary ? { gapP50Ms: summary.p50Ms, gapP95Ms: summary.p95Ms, gapMaxMs: summary.maxMs } : {}),
    gapsMs: slotsMs,
    gapsEach: each,
  };
}

/** The steps of one made-up turn, with the names and kinds real turns have. */
export function makeSpans(facts: SpanFacts): Span[] {
  const { chance, model, fault } = facts;
  const spans: Span[] = [];
  const add = (
    kind: Span['kind'],
    name: string,
    parentId: string | null,
    startMs: number,
    durationMs: number,
    attributes: Attributes = {},
    spanFault: Fault | null = null,
  ): string => {
    const id = chance.id(facts.at + startMs);
    spans.push({
      id,
      parentId,
      kind,
      name,
      startMs: round(startMs),
      durationMs: round(durationMs),
      status: spanFault ? 'error' : 'ok',
      fault: spanFault,
      attributes,
      events: [],
    });
    return id;
  };

  const root = add(
    'turn',
    'Turn',
    null,
    0,
    facts.durationMs,
    { modelId: model.id, degraded: facts.degradedBy !== null },
    fault,
  );
  let at = chance.between(0.1, 0.4);
  const step = (ms: number): number => {
    const start = at;
    at += ms;
    return start;
  };
  const readMs = chance.between(0.1, 0.6);
  add('prompt', 'Read the conversation', root, step(readMs), readMs, { tokensIn: facts.tokensIn });
  const routeMs = chance.between(0.05, 0.3);
  add('route', 'Choose a model', root, step(routeMs), routeMs, { chosen: model.id });
  if (facts.cached) {
    add('cache', 'Found the same question', root, step(0.5), 0.5, { kind: 'exact' });
  } else {
    const lostMs = facts.degradedBy ? facts.overheadMs * 0.6 : 0;
    if (facts.degradedBy) {
      const lost: Fault = {
        code: 'overloaded',
        origin: 'infrastructure',
        recoverable: true,
        provider: facts.degradedBy.id,
        detail: 'The provider is overloaded; try again in a minute.',
      };
      const { id, name } = facts.degradedBy;
      const lose = (number: number, ms: number, more: Attributes): void => {
        const attributes = { modelId: id, number, role: 'answer', faultCode: lost.code, faultOrigin: lost.origin };
        add('attempt', `Attempt ${number}: ${name}`, root, step(ms), ms, { ...attributes, ...more }, lost);
      };
      // Asked once more after a moment, as the fault table says.
      const waitMs = Math.round(lostMs * 0.3);
      lose(1, lostMs * 0.4, { action: 'retried', waitMs });
      step(waitMs);
      lose(2, lostMs * 0.3, { action: 'fell back' });
    }
    const number = facts.degradedBy ? 3 : 1;
    const attemptMs = Math.max(0.1, facts.durationMs - at - 0.6);
    const attempt = add(
      'attempt',
      `Attempt ${number}: ${model.name}`,
      root,
      at,
      attemptMs,
      {
        modelId: model.id,
        number,
        role: 'answer',
        finish: facts.finish,
        tokensIn: facts.tokensIn,
        tokensOut: facts.tokensOut,
        costUsd: facts.costUsd,
        action: fault === null ? (facts.finish === 'cancelled' ? 'dropped' : 'answered') : 'failed',
      },
      fault,
    );
    const queueMs = Math.max(0, facts.overheadMs - lostMs - at);
    if (queueMs > 1) add('queue', 'Wait for the engine', attempt, step(queueMs), queueMs);
    if (facts.loadMs > 0)
      add('load', 'Load the model', attempt, step(facts.loadMs), facts.loadMs, { backend: 'cpu', threads: 1 });
    add('prefill', 'Read the prompt', attempt, step(facts.prefillMs), facts.prefillMs, {
      tokensCached: facts.tokensCached,
    });
    if (facts.tokensOut > 0) {
      add(
        'stream',
        'Write the reply',
        attempt,
        step(facts.decodeMs),
        facts.decodeMs,
        { tokensOut: facts.tokensOut, ...gapAttributes(facts) },
        fault,
      );
    }
  }
  add('check', 'Check the reply', root, facts.durationMs - 0.5, 0.1, { finish: facts.finish });
  add('storage', 'Store the reply', root, facts.durationMs - 0.35, 0.3);
  return spans;
}
