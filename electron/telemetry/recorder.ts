import type { Clock } from '../base/clock.ts';
import type { MintId } from '../base/ids.ts';
import type { Fault } from '../contract/faults.ts';
import type { Attributes, Span } from '../contract/entities/trace.ts';

/** A step being measured. Ending twice keeps the first end. */
export interface ActiveSpan {
  readonly id: string;
  /** False = nothing that is said to it is kept: what is only counted for it need not be. */
  readonly isRecording: boolean;
  child(kind: Span['kind'], name: string, attributes?: Attributes): ActiveSpan;
  set(attributes: Attributes): void;
  event(name: string, attributes?: Attributes): void;
  end(fault?: Fault | null): void;
}

/** Records the spans of one trace. Offsets are ms from its start on a monotonic clock. */
export interface TraceRecorder {
  readonly traceId: string;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly root: ActiveSpan;
  /** Ms since the trace began. */
  elapsedMs(): number;
  /** All spans so far, parents before children; those still running end now. */
  finish(): Span[];
}

/** Starts the trace of one request. */
export type StartTrace = (traceId: string, rootName: string) => TraceRecorder;

/** How requests are recorded. */
export interface Recording {
  readonly start: StartTrace;
  /** Whether traces are stored. */
  readonly stores: () => boolean;
}

const micros = (ms: number) => Math.round(ms * 1000) / 1000;

/** Each request leaves a trace. */
export const createRecording = (deps: { readonly clock: Clock; readonly mintId: MintId }): Recording => ({
  start: (traceId, rootName) => createTraceRecorder(deps, traceId, rootName),
  stores: () => true,
});

/** Starts a trace whose root span begins now. */
export function createTraceRecorder(
  deps: { readonly clock: Clock; readonly mintId: MintId },
  traceId: string,
  rootName: string,
): TraceRecorder {
  const { clock, mintId } = deps;
  const zero = clock.monotonicMs();
  const startedAt = clock.now();
  const elapsedMs = () => micros(clock.monotonicMs() - zero);
  const spans: Span[] = [];

  const open = (kind: Span['kind'], name: string, parentId: string | null, attributes: Attributes): ActiveSpan => {
    const span: Span = {
      id: mintId(),
      parentId,
      kind,
      name,
      startMs: elapsedMs(),
      durationMs: null,
      status: 'ok',
      fault: null,
      attributes: { ...attributes },
      events: [],
    };
    spans.push(span);
    return {
      id: span.id,
      isRecording: true,
      child: (childKind, childName, childAttributes = {}) => open(childKind, childName, span.id, childAttributes),
      set(more) {
        Object.assign(span.attributes, more);
      },
      event(eventName, eventAttributes = {}) {
        span.events.push({ name: eventName, atMs: elapsedMs(), attributes: eventAttributes });
      },
      end(fault = null) {
        if (span.durationMs !== null) return;
        span.durationMs = micros(elapsedMs() - span.startMs);
        if (fault) {
          span.fault = fault;
          span.status = 'error';
        }
      },
    };
  };

  const root = open('turn', rootName, null, {});
  return {
    traceId,
    startedAt,
    root,
    elapsedMs,
    finish() {
      const now = elapsedMs();
      for (const span of spans) span.durationMs ??= micros(now - span.startMs);
      return spans;
    },
  };
}
