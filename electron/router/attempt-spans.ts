import type { Clock } from '../base/clock.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import type { ModelEvent } from '../model/model.ts';
import { createGapMeter } from '../telemetry/gaps.ts';
import type { ActiveSpan } from '../telemetry/recorder.ts';
import type { AttemptEnd } from './attempt.ts';

/** Turns what a model says during one attempt into the attempt's span and its parts: queue, load, prefill, stream. */
export function createAttemptSpans(clock: Clock, parent: ActiveSpan, model: ModelEntry, number: number) {
  const attempt = parent.child('attempt', `Attempt ${String(number)}: ${model.name}`, { modelId: model.id, number });
  const startedMs = clock.monotonicMs();
  const gaps = createGapMeter();
  let part: ActiveSpan | null = null;
  let partKind = '';
  let firstMs: number | null = null;
  let lastMs = 0;
  let deltas = 0;

  const enter = (kind: 'queue' | 'load' | 'prefill' | 'stream', name: string) => {
    if (partKind === kind) return part;
    part?.end();
    partKind = kind;
    part = attempt.child(kind, name);
    return part;
  };

  return {
    onEvent(event: ModelEvent) {
      switch (event.kind) {
        case 'queued':
          enter('queue', 'Wait for the engine')?.set({ place: event.place });
          return;
        case 'loading':
          enter('load', 'Load the model');
          return;
        case 'loaded': {
          const { loadMs, backend, threads, contextTokens } = event;
          // A model that was loaded already says so too; only a real load is worth a span.
          if (loadMs > 0 || partKind === 'load')
            enter('load', 'Load the model')?.set({ loadMs, backend, threads, contextTokens });
          attempt.set({ backend, threads, contextTokens });
          return;
        }
        case 'prefill':
          enter('prefill', 'Read the prompt')?.set({ tokensIn: event.tokensIn, tokensCached: event.tokensCached });
          return;
        case 'delta': {
          const now = clock.monotonicMs();
          if (firstMs === null) {
            firstMs = now;
            enter('stream', 'Write the reply');
          } else gaps.add(now - lastMs);
          lastMs = now;
          deltas++;
          return;
        }
        case 'connected':
        case 'reasoning':
        case 'tool':
        case 'end':
        case 'fault':
          return;
      }
    },
    end(end: AttemptEnd) {
      const { usage, timings, fault } = end;
      if (partKind === 'stream' && part) {
        const gap = gaps.summary();
        part.set({
          deltas,
          tokensOut: usage.tokensOut,
          tokensPerSecond: timings?.tokensPerSecond ?? null,
          firstTokenMs: firstMs === null ? null : Math.round((firstMs - startedMs) * 100) / 100,
          ...(gap ? { gapP50Ms: gap.p50Ms, gapP95Ms: gap.p95Ms, gapMaxMs: gap.maxMs } : {}),
        });
      }
      part?.end(fault);
      attempt.set({ finish: end.finish, ...usage, ...end.attributes });
      if (timings) {
        const { queueMs, loadMs, prefillMs, decodeMs } = timings;
        attempt.set({ queueMs, loadMs, prefillMs, decodeMs });
      }
      attempt.end(fault);
    },
  };
}
