import type { Conversation, Feedback, Folder, Message, ReplyInfo, SearchHit } from '../contract/entities/chat.ts';
import type { CacheRecords } from './store-cache.ts';
import type { DownloadRecords } from './store-downloads.ts';
import type { TraceExports, TraceReader, TraceViewRecords, TraceWriter } from './store-traces.ts';
import type { SideWrites } from './writes/side-writes.ts';
import type { Prompt, PromptVersion } from '../contract/entities/prompt.ts';
import type { BenchReport, SelfTest } from '../contract/entities/bench.ts';
import type { Measurement, ModelObserved } from '../contract/entities/model.ts';
import type { Decision, Span, TraceRow, UsageEntry } from '../contract/entities/trace.ts';
import type { PolicyVersion } from '../contract/policy.ts';
import type { EgressEntry, EgressListed } from '../contract/providers.ts';

export type * from './store-cache.ts';
export type * from './store-downloads.ts';
export type * from './store-traces.ts';

/** Conversations, folders and the message tree. Missing rows: `null` from readers, a `not_found` FaultError from writers. */
export interface ChatReader {
  list(): { conversations: Conversation[]; folders: Folder[] };
  get(conversationId: string): Conversation | null;
  /** False for one that is not there. */
  isPrivate(conversationId: string): boolean;
  /** `fromIndex` null = the last `limit` messages of the shown branch. Must stay fast at 10,000 messages. */
  thread(
    conversationId: string,
    fromIndex: number | null,
    limit: number,
  ): { total: number; fromIndex: number; messages: Message[] };
  message(messageId: string): Message | null;
  /** Root to this message, oldest first, text and role only. With `lastChars` only the newest messages that together hold
   * at least that many characters: what a context budget can use of a long history. */
  path(
    messageId: string,
    lastChars?: number,
  ): { id: string; role: 'user' | 'assistant'; text: string; status: Message['status'] }[];
  /** 0-based index of a message on its own branch. */
  indexOf(messageId: string): number;
  search(text: string, limit: number): SearchHit[];
  draft(conversationId: string | null): string;
  /** Summaries of the older turns of a conversation, on all branches, in no order. */
  summaries(conversationId: string): Summary[];
  /** True until a first message exists. */
  isEmpty(): boolean;
}

/** What stands for a conversation from its first message up to `messageId`, when it is too long for a model. */
export interface Summary {
  readonly messageId: string;
  readonly text: string;
  readonly modelId: string;
  readonly modelName: string;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** What a turn stores before any model is asked. */
export interface TurnBegin {
  readonly conversation: { id: string; private: boolean; route: string; title: string };
  /** null = regenerate: the user message exists already. */
  readonly userMessage: { id: string; parentId: string | null; text: string } | null;
  readonly replyId: string;
  readonly replyParentId: string;
  readonly turnId: string;
  readonly traceId: string;
  readonly promptVersionId: string | null;
  readonly replyStatus: 'queued' | 'streaming';
  readonly at: number;
  readonly trace: TraceRow;
}

/** What a turn stores when it ends, in one transaction. */
export interface TurnEnd {
  readonly replyId: string;
  readonly status: Message['status'];
  readonly text: string;
  readonly reply: ReplyInfo;
  readonly trace: TraceRow;
  readonly decision: Decision | null;
  readonly spans: readonly Span[];
  /** One a call to a model that used anything. */
  readonly usages: readonly UsageEntry[];
  readonly at: number;
}

/** Every function is one short transaction and answers with what is stored now. `at`: epoch ms. */
export interface ChatWriter {
  create(input: { id: string; title: string; private: boolean; route: string; at: number }): Conversation;
  update(
    conversationId: string,
    patch: Partial<
      Pick<
        Conversation,
        'title' | 'titleSource' | 'folderId' | 'pinned' | 'private' | 'systemPrompt' | 'promptId' | 'sampling' | 'route'
      >
    >,
    at: number,
  ): Conversation;
  remove(conversationId: string, at: number): void;
  restore(conversationId: string): Conversation;
  purgeDeletedBefore(at: number): number;
  showBranch(messageId: string): Conversation;
  saveDraft(conversationId: string | null, text: string): void;
  createFolder(folder: Folder): Folder;
  renameFolder(folderId: string, name: string): Folder;
  removeFolder(folderId: string): void;
  /**
   * One transaction: conversation if new, user message, empty reply, running trace; moves the head; drops the draft. `follows` = the trace
   * is stored by itself later.
   */
  beginTurn(
    begin: TurnBegin,
    trace?: 'with' | 'follows',
  ): { conversation: Conversation; userMessage: Message; reply: Message };
  /** A queued reply starts. */
  startReply(replyId: string): void;
  /** At most once a second while streaming. */
  checkpoint(replyId: string, text: string): void;
  /** `follows` = its trace and what it cost are stored by themselves a moment later. */
  endTurn(end: TurnEnd, trace?: 'with' | 'follows'): { conversation: Conversation; message: Message };
  /** Replaces the one up to the same message. A message that is gone by now has none. */
  saveSummary(summary: Summary): void;
  /** Takes a queued user message and its reply back. */
  dropQueued(replyId: string): Conversation;
  /** At start: replies left `streaming` or `queued` by a dead process become `partial` (text kept) or `failed`; their
   * traces end as failed with fault `internal`, and traces that were to follow are made from what the replies say. Returns how many. */
  closeInterrupted(at: number): number;
  /** Imports one conversation whole; an id that exists already is left alone and `false` returned. */
  importConversation(dump: ConversationDump): boolean;
}

/** One conversation as exported: everything, all branches. */
export interface ConversationDump {
  readonly conversation: Conversation;
  readonly messages: readonly {
    id: string;
    parentId: string | null;
    role: 'user' | 'assistant';
    text: string;
    status: Message['status'];
    turnId: string;
    createdAt: number;
    reply: ReplyInfo | null;
  }[];
}

/** Prompts and their versions, newest version first. */
export interface PromptReader {
  list(): Prompt[];
  get(promptId: string): Prompt | null;
  versions(promptId: string): PromptVersion[];
  version(versionId: string): PromptVersion | null;
}
/** Versions are only ever added. `at`: epoch ms. */
export interface PromptWriter {
  create(input: { id: string; versionId: string; name: string; text: string; note: string; at: number }): Prompt;
  addVersion(input: { id: string; promptId: string; text: string; note: string; at: number }): PromptVersion;
  rename(promptId: string, name: string, at: number): Prompt;
  label(promptId: string, label: string, versionId: string | null, at: number): Prompt;
}

/** Newest first; the counts are those of the filter without its rating. */
export interface FeedbackReader {
  list(
    filter: {
      rating?: 'up' | 'down' | undefined;
      modelId?: string | undefined;
      promptVersionId?: string | undefined;
      text?: string | undefined;
    },
    limit: number,
  ): { items: Feedback[]; upCount: number; downCount: number };
}
/** Ratings of replies. */
export interface FeedbackWriter {
  /** One rating a message: a second one replaces the first. */
  give(input: {
    id: string;
    messageId: string;
    rating: 'up' | 'down';
    reason: Feedback['reason'];
    note: string;
    at: number;
  }): Feedback;
  remove(messageId: string): void;
}

/** A model file that stays where it lies. `origin` = the program it belongs to: forgetting it never touches the file. */
export interface ImportedModel {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly addedAt: number;
  readonly origin: 'file' | 'ollama' | 'lm-studio';
}

/** Imported model files and what was measured on this machine. */
export interface ModelReader {
  imported(): ImportedModel[];
  /** Key: machine fingerprint, backend and model. */
  measurement(key: string): Measurement | null;
}
/** Adding a known model or key replaces it. */
export interface ModelWriter {
  addImported(model: ImportedModel): void;
  removeImported(modelId: string): void;
  saveMeasurement(key: string, measurement: Measurement): void;
}

/** Reports of runs that measured a model here; the oldest beyond fifty are forgotten. */
export interface BenchRecords {
  /** Newest first. */
  list(): BenchReport[];
  add(report: BenchReport): void;
  /** Does nothing for one that is not there. */
  remove(reportId: string): void;
  /** The last test of each backend of a machine, newest first. */
  tests(machine: string): SelfTest[];
  addTest(machine: string, test: SelfTest): void;
  /** The backend that last worked on a machine; null = none is known. */
  lastGood(machine: string): { readonly backend: string; readonly at: number } | null;
  setLastGood(machine: string, backend: string, at: number): void;
}

/** Sums of the usage ledger, in USD. */
export interface UsageSums {
  readonly entries: number;
  readonly costUsd: number;
  readonly savedUsd: number;
  readonly byProvider: ReadonlyMap<string, number>;
  /** Tokens of the local API; what was asked without one is in none. */
  readonly byToken: ReadonlyMap<string, number>;
}
export interface UsageReader {
  /** `since` inclusive, `until` exclusive, epoch ms. A month of a million entries takes a few ms at most. */
  sums(since: number, until: number): UsageSums;
}

/** What a call under way may cost at worst, and whom it counts for. `at`: epoch ms. */
export interface PendingCost {
  readonly at: number;
  readonly traceId: string;
  readonly providerId: string;
  readonly modelId: string;
  readonly tokenName: string | null;
  readonly usd: number;
}
/** Calls that a killed process left, of which nobody knows what they cost: how many, and what they may have cost at most. */
export interface RecoveredCosts {
  readonly unknown: number;
  readonly unknownUsd: number;
}
/** Costs that the ledger does not have yet. Outlives a killed process; what cannot be written is logged and holds nothing up. */
export interface PendingCosts {
  /** Returns its id. */
  begin(cost: PendingCost): string;
  /** It cost this; what is said last counts. */
  settle(id: string, usd: number): void;
  /** The ledger has all of this trace. */
  end(traceId: string): void;
  /**
   * Puts into the ledger what an earlier process left: known costs as they are, others at their worst. Only for the process that owns the folder;
   * before it nothing is written.
   */
  recover(): RecoveredCosts;
}

/** How one request that left the machine ended. */
export type EgressEnd = Pick<EgressEntry, 'bytesOut' | 'bytesIn' | 'status' | 'durationMs' | 'outcome'>;

/** What is to be stored of one request: how it began, how it ended, or both. */
export interface EgressRow {
  readonly id: string;
  /** null = it has its row. */
  readonly entry: EgressEntry | null;
  /** null = it is under way, or the process was killed. */
  readonly end: EgressEnd | null;
}

/** The log of what left the machine. Only grows. */
export interface EgressRecords {
  /** Outlives this process when it returns: call it before a byte leaves. Throws when it cannot be kept; then nothing may leave. */
  begin(entry: EgressEntry): void;
  /** Written within two seconds. A process killed before leaves the entry without status, sizes as known before. */
  end(id: string, end: EgressEnd): void;
  /** Has rows stored by another thread from now on; null from it = it rests, and they are stored here. Storing a row again does no harm. */
  writeAside(save: (rows: readonly EgressRow[]) => Promise<void> | null): void;
  /** Newest first. `totalBytesOut`: of everything the filter finds, not only of these entries. */
  list(filter: { before?: string | undefined; conversationId?: string | undefined; limit: number }): {
    entries: EgressListed[];
    next: string | null;
    totalBytesOut: number;
  };
}

/** Versions of policies, which never change. */
export interface PolicyRecords {
  /** Oldest first; empty = none of this name. */
  versions(name: string): PolicyVersion[];
  /** The next number of this name. `at` = epoch ms. */
  add(name: string, text: string, note: string, at: number): PolicyVersion;
}

/** What was seen of one attempt. Attempts that were cancelled, or that failed for no fault of the model, are not told. */
export interface Observation {
  readonly modelId: string;
  /** It ended in a fault of the model or its provider. */
  readonly faulted: boolean;
  /** ms from request to first text; null = none came, or not measured. */
  readonly firstTokenMs: number | null;
  readonly tokensPerSecond: number | null;
}
export interface ObservationRecords {
  /** Figures of the last 50 attempts; null = never seen. Costs nothing. */
  observedOf(modelId: string): ModelObserved | null;
  /** At the end of a turn: its attempts, in order. */
  record(attempts: readonly Observation[]): void;
}

/** A token of the local API; the token itself is kept nowhere. */
export interface ApiTokenRecord {
  readonly name: string;
  /** 64 hexadecimal digits, lower case. */
  readonly sha256: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  /** null = no limit, here and below. */
  readonly requestsPerMinute: number | null;
  readonly concurrency: number | null;
  readonly usdPerDay: number | null;
}
export interface ApiTokenRecords {
  all(): readonly ApiTokenRecord[];
  /** Replaces the one of the same name. */
  put(record: Omit<ApiTokenRecord, 'lastUsedAt'>): void;
  /** False when there was none. */
  remove(name: string): boolean;
  /** It was used at `at`, epoch ms. A small write: once a minute is often enough. */
  touch(name: string, at: number): void;
}

/** Dump side of export; streams so that a large history does not fill memory. */
export interface ExportReader {
  conversations(conversationId: string | null): Iterable<ConversationDump>;
}

/** The open database. Everything that writes is a short synchronous transaction on one connection. */
export interface Store {
  readonly chat: ChatReader & ChatWriter;
  readonly traces: TraceReader & TraceWriter;
  readonly traceExports: TraceExports;
  readonly traceViews: TraceViewRecords;
  readonly prompts: PromptReader & PromptWriter;
  readonly feedback: FeedbackReader & FeedbackWriter;
  readonly models: ModelReader & ModelWriter;
  readonly bench: BenchRecords;
  readonly usage: UsageReader;
  readonly pendingCosts: PendingCosts;
  readonly egress: EgressRecords;
  readonly policies: PolicyRecords;
  readonly cache: CacheRecords;
  readonly observations: ObservationRecords;
  readonly apiTokens: ApiTokenRecords;
  readonly downloads: DownloadRecords;
  readonly dump: ExportReader;
  /** What another thread stores; the egress log and the WAL go through it by themselves. */
  readonly sideWrites: SideWrites;
  readonly path: string;
  readonly schemaVersion: number;
  /** Things found at open, one sentence each: an interrupted migration, a restored snapshot, a read-only folder. */
  readonly problems: readonly string[];
  /** Online copy of the whole database into one file; safe while turns run. */
  backup(toPath: string): Promise<{ sizeBytes: number }>;
  /** Plays a turn and takes it back, so that the first real one is as quick as the others. Takes about 20 ms. */
  rehearse(): void;
  /** `PRAGMA quick_check` (or `integrity_check` when `full`) plus foreign keys. */
  check(full: boolean): { ok: boolean; detail: string };
  dispose(): void;
}
