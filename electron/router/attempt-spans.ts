import type { Clock } from '../base/clock.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import type { Attributes } from '../contract/entities/trace.ts';
import type { ModelEvent } from '../model/model.ts';
import { createGapMeter } from '../telemetry/gaps.ts';
import type { ActiveSpan } from '../telemetry/recorder.ts';
import type { AttemptEnd } from './attempt.ts';

const tidy = (ms: number) => Math.round(ms * 100) / 100;

/** The span of one attempt, filled from what the model says. */
export interface AttemptSpan {
  onEvent(event: ModelEvent): void;
  end(end: AttemptEnd, more: Attributes): void;
  /** What was done about it: known only after it ended. */
  note(attributes: Attributes): void;
}

const UNRECORDED: AttemptSpan = { onEvent: () => undefined, end: () => undefined, note: () => undefined };

/** Turns what a model says during one attempt into the attempt's span and its parts: queue, load, prefill, stream. */
export function createAttemptSpan(
  clock: Clock,
  parent: ActiveSpan,
  model: ModelEntry,
  attributes: Attributes & { readonly number: number },
): AttemptSpan {
  if (!parent.isRecording) return UNRECORDED;
  const attempt = parent.child('attempt', `Attempt ${String(attributes.number)}: ${model.name}`, {
    modelId: model.id,
    providerId: model.provider,
    ...attributes,
  });
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
    onEvent(event) {
      switch (event.kind) {
        case 'queued':
          enter('queue', 'Wait for the engine')?.set({ place: event.place });
          return;
        case 'loading':
          if (event.plan) {
            const { what, estimatedBytes, freeBytes, because } = event.plan;
            // A step down is a part of its own: what was given up stays to be seen.
            if (partKind === 'load' && because !== null) {
              part?.set({ givenUp: because });
              part?.end();
              partKind = '';
            }
            enter('load', 'Load the model')?.set({ plan: what, estimatedBytes, freeBytes });
          } else enter('load', 'Load the model');
          return;
        case 'loaded': {
          const { loadMs, backend, threads, contextTokens, usedBytes, estimatedBytes } = event;
          // A model that was loaded already says so too; only a real load is worth a span.
          if (loadMs > 0 || partKind === 'load')
            enter('load', 'Load the model')?.set({
              loadMs,
              backend,
              threads,
              contextTokens,
              ...(usedBytes === undefined ? {} : { usedBytes }),
              ...(estimatedBytes === undefined ? {} : { estimatedBytes }),
            });
          attempt.set({ backend, threads, contextTokens });
          return;
        }
        case 'prefill':
          enter('prefill', 'Read the prompt')?.set({ tokensIn: event.tokensIn, tokensCached: event.tokensCached });
          return;
        case 'reached':
          attempt.set({ reachedMs: tidy(clock.monotonicMs() - startedMs) });
          return;
        case 'connected':
          attempt.set({
            connectedMs: tidy(clock.monotonicMs() - startedMs),
            status: event.status,
            ...(event.requestId === null ? {} : { requestId: event.requestId }),
          });
          return;
        case 'delta':
        case 'tool': {
          const now = clock.monotonicMs();
          if (firstMs === null) {
            firstMs = now;
            enter('stream', 'Write the reply');
          } else gaps.add(now - lastMs);
          lastMs = now;
          deltas++;
          return;
        }
        case 'reasoning':
        case 'end':
        case 'fault':
          return;
      }
    },
    end(end, more) {
      const { usage, timings, fault } = end;
      if (partKind === 'stream' && part) {
        const gap = gaps.summary();
        const { slotsMs, each } = gaps.drawing();
        part.set({
          deltas,
          tokensOut: usage.tokensOut,
          tokensPerSecond: timings?.tokensPerSecond ?? null,
          firstTokenMs: firstMs === null ? null : tidy(firstMs - startedMs),
          ...(gap ? { gapP50Ms: gap.p50Ms, gapP95Ms: gap.p95Ms, gapMaxMs: gap.maxMs } : {}),
          ...(slotsMs.length > 0 ? { gapsMs: slotsMs, gapsEach: each } : {}),
        });
      }
      part?.end(fault);
      attempt.set({ finish: end.finish, ...usage, ...end.attributes, ...more });
      if (fault) attempt.set({ faultCode: fault.code, faultOrigin: fault.origin });
      if (end.overdue) attempt.set({ deadline: end.overdue });
      if (end.abandoned) attempt.set({ abandoned: true });
      if (timings) {
        const { queueMs, loadMs, prefillMs, decodeMs } = timings;
        attempt.set({ queueMs, loadMs, prefillMs, decodeMs });
      }
      attempt.end(fault);
    },
    note(more) {
      attempt.set(more);
    },
  };
}
