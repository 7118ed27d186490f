import type { Fault } from '../contract/faults.ts';
import type { Sampling } from '../contract/entities/chat.ts';

/** An image of a message. `data` = base64 without prefix; nothing is ever fetched from an address. */
export interface ModelImage {
  readonly mediaType: string;
  readonly data: string;
}

/** A call of a tool as the model wrote it. `argumentsText` is meant to be JSON and may be anything. */
export interface ModelToolCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsText: string;
}

/** One message as a model sees it. */
export interface ModelMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
  /** Only on `user`. */
  readonly images?: readonly ModelImage[];
  /** Only on `assistant`. */
  readonly toolCalls?: readonly ModelToolCall[];
  /** Only on `tool`: the call this is the result of. */
  readonly toolCallId?: string;
}

/** A tool the model may call. `parameters` = JSON Schema, passed through. */
export interface ModelTool {
  readonly name: string;
  readonly description?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly strict?: boolean;
}

export type ModelToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

/** The form an answer must have; absent = free text. */
export type ModelFormat =
  | { readonly type: 'json' }
  | {
      readonly type: 'json_schema';
      readonly name: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly strict: boolean;
    };

/** Who a request is made for: what the egress log and the lock on private conversations go by. */
export interface ModelOrigin {
  readonly traceId: string;
  readonly conversationId: string | null;
  readonly private: boolean;
  /** Token of the local API; absent or null = asked without one, or for several at once. */
  readonly tokenName?: string | null;
  readonly purpose: 'chat' | 'embedding' | 'test' | 'check' | 'export' | 'download' | 'search';
}

/** One request to one model. */
export interface ModelRequest {
  readonly modelId: string;
  /** Oldest first; at most one `system`, in front; the last one is `user` or `tool`. */
  readonly messages: readonly ModelMessage[];
  readonly sampling: Sampling;
  /** What the window leaves for the answer where that is less than usual, in tokens: for providers that must be told some length. */
  readonly roomTokens?: number;
  /** Requests with the same key share engine state from turn to turn (a conversation id); null = none kept. */
  readonly stateKey: string | null;
  readonly tools?: readonly ModelTool[];
  readonly toolChoice?: ModelToolChoice;
  /** At most one call of a tool in an answer, where the provider can be told so. */
  readonly oneCall?: boolean;
  readonly format?: ModelFormat;
  /** The answer ends before the first of these; most providers take up to 4. */
  readonly stop?: readonly string[];
  /** Asks for log probabilities where the model gives them: the answer's `meanProbability`. */
  readonly logprobs?: boolean;
  /** Absent = a request of the app itself, treated as private: nothing leaves the machine for it. */
  readonly origin?: ModelOrigin;
}

/** Tokens of one answer. */
export interface ModelUsage {
  /** All prompt tokens, cached ones included. */
  readonly tokensIn: number;
  /** The part of `tokensIn` that was not computed again (engine state, provider's cache). */
  readonly tokensCached: number;
  /** All tokens written, reasoning included. */
  readonly tokensOut: number;
  /** The part of `tokensIn` written to a provider's cache, which some charge more for. Absent = none. */
  readonly tokensCacheWrite?: number;
  /** The part of `tokensOut` nobody sees. Absent = none or unknown. */
  readonly tokensReasoning?: number;
}

/** Durations in ms on a monotonic clock, as the model's own side measured them. */
export interface ModelTimings {
  readonly queueMs: number;
  readonly loadMs: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  /** null when fewer than two tokens were decoded. */
  readonly tokensPerSecond: number | null;
}

/** Why an answer ended. `filtered` = the provider cut it; `refused` = the model declined. */
export type ModelFinish = 'stop' | 'length' | 'cancelled' | 'tool_calls' | 'filtered' | 'refused';

/** What a model says while it answers. Exactly one `end` or `fault` comes last. */
export type ModelEvent =
  | { readonly kind: 'queued'; readonly place: number }
  /** `fraction` 0 to 1; null when unknown. */
  | {
      readonly kind: 'loading';
      readonly fraction: number | null;
      /** A way to load it that is tried now; the one before was given up for this reason (null = there was none). */
      readonly plan?: {
        readonly what: string;
        readonly estimatedBytes: number;
        readonly freeBytes: number;
        readonly because: string | null;
      };
    }
  | {
      readonly kind: 'loaded';
      readonly loadMs: number;
      readonly backend: string;
      readonly threads: number;
      readonly contextTokens: number;
      /** Memory the model takes and what was estimated before it was loaded, in bytes. Absent = unknown. */
      readonly usedBytes?: number;
      readonly estimatedBytes?: number;
    }
  | { readonly kind: 'prefill'; readonly tokensIn: number; readonly tokensCached: number }
  /** The connection to a provider stands and the request is on its way. Not everybody can tell. */
  | { readonly kind: 'reached' }
  /** A provider answered with a status that promises an answer; `requestId` = the provider's own, for its support. */
  | { readonly kind: 'connected'; readonly status: number; readonly requestId: string | null }
  /** Text since the last delta; `tokens` = how many made it. Merged until 16 ms or 1 KiB. Never splits a surrogate pair. Empty = it writes, but nobody can say yet what. */
  | { readonly kind: 'delta'; readonly text: string; readonly tokens: number }
  /** Reasoning that is not part of the answer. */
  | { readonly kind: 'reasoning'; readonly text: string }
  /** A part of tool call number `index` (from 0). `id` and `name` come with its first part, whole. */
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
      readonly usage: ModelUsage;
      readonly timings: ModelTimings;
      /** `meanProbability` 0 to 1 where asked for and given. */
      readonly attributes: Readonly<Record<string, string | number | boolean>>;
    }
  | {
      readonly kind: 'fault';
      readonly fault: Fault;
      readonly usage: ModelUsage;
      /** For the trace: `requestId`, `status`, and `redactedBody` of an answer nobody recognised. */
      readonly attributes?: Readonly<Record<string, string | number | boolean>>;
    };

/** A model that can answer. Never throws for what a model, network or process can do: that is a `fault` event. */
export interface ModelProvider {
  /** Aborting ends the stream with `end` and finish `cancelled`, tokens already decoded included. */
  generate(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
  /** How many tokens these messages take with this model's own template; null when it can't be told without loading. */
  countTokens(request: Pick<ModelRequest, 'modelId' | 'messages'>): Promise<number | null>;
  /** Vectors of unit length, one a text. Absent = this provider has none. Throws a FaultError. */
  embed?(
    request: { readonly modelId: string; readonly texts: readonly string[]; readonly origin: ModelOrigin },
    signal: AbortSignal,
  ): Promise<{ readonly vectors: readonly (readonly number[])[]; readonly usage: ModelUsage }>;
}
