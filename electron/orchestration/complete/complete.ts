import type { Sampling } from '../../contract/entities/chat.ts';
import type { ROUTE_KINDS, TRACE_SOURCES } from '../../contract/names.ts';
import type { Fault } from '../../contract/faults.ts';
import type { ModelFinish, ModelFormat, ModelMessage, ModelTool, ModelToolChoice } from '../../model/model.ts';

/** The token of the local API a request came with, and what it may spend. */
export interface CompleteToken {
  readonly name: string;
  /** null = no limit of its own. */
  readonly usdPerDay: number | null;
}

/** One request with no conversation behind it: the local API, `bench`. */
export interface CompleteRequest {
  /** Oldest first; at most one `system`, in front; the last one is `user` or `tool`. */
  readonly messages: readonly ModelMessage[];
  /** `auto`, `local` or a model id. */
  readonly route: string;
  readonly sampling: Sampling;
  /** The answer ends before the first of these; empty = none. */
  readonly stop: readonly string[];
  readonly source: (typeof TRACE_SOURCES)[number];
  readonly tools?: readonly ModelTool[];
  readonly toolChoice?: ModelToolChoice;
  /** At most one call of a tool in the answer: asked of the provider where it can be. */
  readonly oneCall?: boolean;
  readonly format?: ModelFormat;
  /** Nothing of it may leave the machine. Absent = it may. Asked again before every call. */
  readonly private?: boolean;
  /** Absent = no token: the command line. */
  readonly token?: CompleteToken;
  /** Name of the policy to decide by; absent = the one in force. */
  readonly policy?: string;
  /** False = neither answered from the cache nor joined to a twin in flight. Absent = as the settings say. */
  readonly cache?: boolean;
  /** The prompt version that stands in front of the messages; absent = none that is known. */
  readonly promptVersionId?: string;
  /** Id of the trace it asks again; absent = it is no replay. */
  readonly replayOf?: string;
  /** The conversation that the request asked again came from; absent = none. */
  readonly replayOfConversation?: string;
  /** False = the asker gets the answer in one piece, so it may still be replaced until its last word. Absent = true. */
  readonly streaming?: boolean;
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
      /** Absent = made for this request. */
      readonly cache?: 'exact' | 'semantic';
    }
  | { readonly kind: 'delta'; readonly text: string }
  | { readonly kind: 'reasoning'; readonly text: string }
  /** A part of tool call number `index`; `id` and `name` come with its first part. */
  | {
      readonly kind: 'tool';
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly argumentsText: string;
    }
  | {
      readonly kind: 'end';
      readonly finish: ModelFinish;
      readonly tokensIn: number;
      readonly tokensCached: number;
      readonly tokensOut: number;
      readonly tokensReasoning?: number;
      readonly tokensCacheWrite?: number;
      /** The sequence of `stop` it ended before; absent = it ended by itself, or nobody knows. */
      readonly stopSequence?: string;
      readonly costUsd: number;
    }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** Vectors for texts, in their order. */
export interface Embeddings {
  readonly modelId: string;
  readonly vectors: readonly (readonly number[])[];
  readonly tokensIn: number;
  readonly traceId: string;
}

/** Answers without storing a conversation; the trace is stored all the same. A slow reader does not hold the model back. */
export interface Complete {
  start(request: CompleteRequest, signal: AbortSignal): { traceId: string; events: AsyncIterable<CompleteEvent> };
  /** Throws a FaultError. Absent = no embeddings here. `route` = a model id or `auto`. */
  embed?(
    request: {
      readonly texts: readonly string[];
      readonly route: string;
      readonly token?: CompleteToken;
      readonly private?: boolean;
    },
    signal: AbortSignal,
  ): Promise<Embeddings>;
}
