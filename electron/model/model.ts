import type { Fault } from '../contract/faults.ts';
import type { Sampling } from '../contract/entities/chat.ts';

/** One message as a model sees it. */
export interface ModelMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
}

/** One request to one model. */
export interface ModelRequest {
  readonly modelId: string;
  /** Oldest first; at most one `system`, in front; the last one is `user`. */
  readonly messages: readonly ModelMessage[];
  readonly sampling: Sampling;
  /** Requests with the same key share engine state from turn to turn (a conversation id); null = none kept. */
  readonly stateKey: string | null;
}

/** Tokens of one answer. `cached` is the part of `in` that was not computed again. */
export interface ModelUsage {
  readonly tokensIn: number;
  readonly tokensCached: number;
  readonly tokensOut: number;
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

/** What a model says while it answers. Exactly one `end` or `fault` comes last. */
export type ModelEvent =
  | { readonly kind: 'queued'; readonly place: number }
  /** `fraction` 0 to 1; null when unknown. */
  | { readonly kind: 'loading'; readonly fraction: number | null }
  | {
      readonly kind: 'loaded';
      readonly loadMs: number;
      readonly backend: string;
      readonly threads: number;
      readonly contextTokens: number;
    }
  | { readonly kind: 'prefill'; readonly tokensIn: number; readonly tokensCached: number }
  /** Text since the last delta; `tokens` = how many made it. Merged until 16 ms or 1 KiB. Never splits a surrogate pair. */
  | { readonly kind: 'delta'; readonly text: string; readonly tokens: number }
  | {
      readonly kind: 'end';
      readonly finish: 'stop' | 'length' | 'cancelled';
      readonly usage: ModelUsage;
      readonly timings: ModelTimings;
      readonly attributes: Readonly<Record<string, string | number | boolean>>;
    }
  | { readonly kind: 'fault'; readonly fault: Fault; readonly usage: ModelUsage };

/** A model that can answer. Never throws for what a model, network or process can do: that is a `fault` event. */
export interface ModelProvider {
  /** Aborting ends the stream with `end` and finish `cancelled`, tokens already decoded included. */
  generate(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
  /** How many tokens these messages take with this model's own template; null when it can't be told without loading. */
  countTokens(request: Pick<ModelRequest, 'modelId' | 'messages'>): Promise<number | null>;
}
