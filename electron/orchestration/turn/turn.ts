import type { Conversation, Message, ReplyInfo } from '../../contract/entities/chat.ts';
import type { TRACE_SOURCES } from '../../contract/names.ts';
import type { TurnBegin } from '../../storage/store.ts';
import type { TraceRecorder } from '../../telemetry/recorder.ts';
import type { LiveText } from './live-text.ts';

/** A turn from the moment it is stored until its end is stored. */
export interface Turn {
  /** What was stored first. */
  readonly begin: TurnBegin;
  readonly userMessageId: string;
  readonly systemPrompt: string | null;
  readonly recorder: TraceRecorder;
  readonly live: LiveText;
  readonly controller: AbortController;
  /** The conversation as it was when the turn was stored. */
  readonly conversation: Conversation;
  readonly route: string;
  /** Called when the turn waits no more; null once it runs. */
  endWait: (() => void) | null;
}

/** What the port, the command line and tests get back from starting a turn. */
export interface TurnStarted {
  readonly conversation: Conversation;
  readonly userMessage: Message;
  readonly reply: Message;
}

export type TraceSource = (typeof TRACE_SOURCES)[number];

/** A reply about which nothing is known yet. */
export const emptyReply = (traceId: string, promptVersionId: string | null): ReplyInfo => ({
  traceId,
  modelId: null,
  modelName: null,
  route: null,
  degraded: false,
  degradedReason: null,
  promptVersionId,
  tokensIn: 0,
  tokensCached: 0,
  tokensOut: 0,
  contextTokens: null,
  firstTokenMs: null,
  durationMs: null,
  tokensPerSecond: null,
  costUsd: 0,
  finishReason: null,
  fault: null,
  rating: null,
});
