import type { Sampling } from '../../contract/entities/chat.ts';
import type { ROUTE_KINDS, TRACE_SOURCES } from '../../contract/names.ts';
import type { Fault } from '../../contract/faults.ts';

/** One request with no conversation behind it: the local API, `bench`. */
export interface CompleteRequest {
  /** Oldest first; at most one `system`, in front; the last one is `user`. */
  readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly text: string }[];
  /** `auto`, `local` or a model id. */
  readonly route: string;
  readonly sampling: Sampling;
  /** The answer ends before the first of these; empty = none. */
  readonly stop: readonly string[];
  readonly source: (typeof TRACE_SOURCES)[number];
}

/** Exactly one `end` or `fault` comes last. `route` comes before the first delta; a fault may come without it. */
export type CompleteEvent =
  | {
      readonly kind: 'route';
      readonly modelId: string;
      readonly modelName: string;
      readonly route: (typeof ROUTE_KINDS)[number];
      readonly degraded: boolean;
      readonly degradedReason: string | null;
    }
  | { readonly kind: 'delta'; readonly text: string }
  | {
      readonly kind: 'end';
      readonly finish: 'stop' | 'length' | 'cancelled';
      readonly tokensIn: number;
      readonly tokensCached: number;
      readonly tokensOut: number;
      readonly costUsd: number;
    }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** Answers without storing a conversation; the trace is stored all the same. A slow reader does not hold the model back. */
export interface Complete {
  start(request: CompleteRequest, signal: AbortSignal): { traceId: string; events: AsyncIterable<CompleteEvent> };
}
