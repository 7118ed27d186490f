import type { CompleteEvent, CompleteRequest } from '../../orchestration/complete/complete.ts';
import type { ApiError } from './errors.ts';
import type { RateStanding } from './limits.ts';

export type End = Extract<CompleteEvent, { kind: 'end' }>;
export type ToolPart = Extract<CompleteEvent, { kind: 'tool' }>;
/** What a streamed answer is made of. */
export type Part = Extract<CompleteEvent, { kind: 'delta' | 'reasoning' | 'tool' }>;

/** What every part of one answer repeats. */
export interface AnswerHead {
  readonly traceId: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: string;
}

export interface WholeCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsText: string;
}

export interface WholeAnswer {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly WholeCall[];
  readonly end: End;
}

/** Writes one streamed answer as server-sent events. Every method gives the text to send now; `''` = nothing yet. */
export interface Speaker {
  begin(): string;
  part(part: Part): string;
  end(end: End): string;
  /** The answer broke off: what was held back, then the error. Nothing comes after it. */
  failure(error: ApiError): string;
  /** Keeps the connection open in silence. */
  readonly ping: string;
}

/** A request that was read, and how its answer is written. */
export interface Asked {
  readonly request: CompleteRequest;
  /** As it was asked for. */
  readonly model: string;
  readonly stream: boolean;
  /** Only the first tool call is passed on: the asker takes one at a time. */
  readonly oneCall: boolean;
  speaker(head: AnswerHead): Speaker;
  /** Throws an ApiRefusal when the answer cannot be said in this dialect. */
  body(head: AnswerHead, whole: WholeAnswer): object;
}

export interface Dialect {
  readonly name: 'openai' | 'anthropic';
  errorBody(error: ApiError, requestId: string): object;
  /** The header its clients read the request's id from. */
  readonly idHeader: string;
  /** What its clients read the state of a rate limit from. `now` = epoch ms. */
  rateHeaders(standing: RateStanding, now: number): Readonly<Record<string, string>>;
}
