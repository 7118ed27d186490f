import type { Sampling, TurnPhase } from '../../contract/entities/chat.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import type { Decision, UsageEntry } from '../../contract/entities/trace.ts';
import type { Fault } from '../../contract/faults.ts';
import type { ROUTE_KINDS, TRACE_SOURCES } from '../../contract/names.ts';
import type {
  ModelEvent,
  ModelFinish,
  ModelFormat,
  ModelMessage,
  ModelTimings,
  ModelTool,
  ModelToolChoice,
  ModelUsage,
} from '../../model/model.ts';

/** The summaries of one conversation, as far as its messages go. Counts are messages but `system`, oldest first. */
export interface SummaryDoor {
  /** The one that stands for most of them; null = there is none. */
  newest(): SummaryPart | null;
  keep(summary: SummaryPart): void;
}
export interface SummaryPart {
  readonly covered: number;
  readonly text: string;
  readonly modelId: string;
  readonly modelName: string;
}

/** What is to be answered, by whom it may be. */
export interface AnswerRequest {
  /** Oldest first; at most one `system`, in front; the last one is `user` or `tool`. */
  readonly messages: readonly ModelMessage[];
  /** Older messages that were not even read because no context could hold them. */
  readonly omitted?: number;
  /** Where summaries of older turns are kept; absent = nowhere, so that none is made. */
  readonly summaries?: SummaryDoor;
  /** `auto`, `local` or a model id. */
  readonly route: string;
  /**
   * Asked again before every call: a lock that is set in between holds. Not a getter: each literal with one gets a hidden class of its own, which
   * lives until the old generation is collected, with all that the getter sees.
   */
  readonly isPrivate: () => boolean;
  readonly sampling: Sampling;
  /** Requests with one key share engine state; null = none kept. */
  readonly stateKey: string | null;
  readonly source: (typeof TRACE_SOURCES)[number];
  /** What the egress log and stickiness go by; null = no conversation. */
  readonly conversationId: string | null;
  readonly tools?: readonly ModelTool[];
  readonly toolChoice?: ModelToolChoice;
  readonly oneCall?: boolean;
  readonly format?: ModelFormat;
  readonly stop?: readonly string[];
  /** Token of the local API and what it may spend a day; absent = none. */
  readonly token?: { readonly name: string; readonly usdPerDay: number | null };
  /** Policy to decide by; absent = the one in force. */
  readonly policy?: string;
  /** False = neither read from nor written to the cache. */
  readonly cache?: boolean;
  /** True = another answer than the ones there are is wanted: none is taken from the cache, and this one takes their place there. */
  readonly anew?: boolean;
  /** False = the asker sees nothing before the end, so a broken format may be mended or asked again. */
  readonly streaming?: boolean;
  /** Reasoning is passed on as it comes, so that nobody may take over after it. Absent = false. */
  readonly reasoningIsVisible?: boolean;
}

/** How an answer travels, as far as it is known. */
export interface AnswerRoute {
  readonly modelId: string;
  readonly modelName: string;
  readonly route: (typeof ROUTE_KINDS)[number];
  readonly degraded: boolean;
  readonly degradedReason: string | null;
  readonly cache?: 'exact' | 'semantic';
}

export type ToolPart = Extract<ModelEvent, { kind: 'tool' }>;

/** What the asker hears while the answer is made. */
export interface AnswerHooks {
  onPhase(phase: TurnPhase, detail: string | null): void;
  /** Comes before the first delta, and again when another model takes over. */
  onRoute(route: AnswerRoute): void;
  /** A fault given back stops the model: the text so far failed a check. */
  onDelta(text: string): Fault | null;
  onReasoning?(text: string): void;
  onTool?(part: ToolPart): void;
  onReset(): void;
}

/** One line for the ledger, without its ids. */
export type LedgerLine = Omit<UsageEntry, 'id' | 'traceId' | 'at'>;

export interface Answer {
  readonly decision: Decision;
  /** Who answered, or the last one asked; of a cached answer the one who made it. null = nobody was asked. */
  readonly model: Pick<ModelEntry, 'id' | 'name'> | null;
  /** null = no model was asked. */
  readonly route: (typeof ROUTE_KINDS)[number] | null;
  readonly degradedReason: string | null;
  readonly finish: ModelFinish | 'fault';
  /** The stop sequence it ended before, as its provider says; absent = it does not. */
  readonly stopSequence?: string;
  readonly fault: Fault | null;
  /** Of the answer itself; drafts and failed attempts stand in the ledger. */
  readonly usage: ModelUsage;
  readonly timings: ModelTimings | null;
  readonly contextTokens: number | null;
  /** From the trace's start to the first visible text; null when there was none. */
  readonly firstTokenMs: number | null;
  /** All attempts together, in USD. */
  readonly costUsd: number;
  /** What cache, draft or a local model saved, where that is known. */
  readonly savedUsd: number;
  readonly ledger: readonly LedgerLine[];
}
