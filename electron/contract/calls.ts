import { z } from 'zod';
import { config, settingsState } from './config.ts';
import {
  conversation,
  epochMs,
  feedback,
  feedbackReason,
  folder,
  id,
  message,
  sampling,
  searchHit,
} from './entities/chat.ts';
import { diagnosis, periodDiagnosis } from './entities/diagnosis.ts';
import { backendsState, benchChoice, benchReport, benchRun, selfTest } from './entities/bench.ts';
import { downloadEntry } from './entities/download.ts';
import { availableModel, fitBasis, foundModel, hubFile, hubModel } from './entities/library.ts';
import { engineStatus, modelEntry } from './entities/model.ts';
import { breakerHistory } from './entities/breaker.ts';
import { savings, savingsQuery, traceOverview, traceOverviewQuery } from './entities/overview.ts';
import { prompt, promptVersion } from './entities/prompt.ts';
import { TRACE_SOURCES } from './names.ts';
import { dryRunRow, policyEntry, policyVersion } from './policy.ts';
import {
  apiState,
  apiTokenEntry,
  budgetLine,
  egressListed,
  networkState,
  providerConfig,
  providerEntry,
  providerTest,
} from './providers.ts';
import { replayPlan, replayResult, replayRun, replayWish } from './entities/replay.ts';
import { MOST_TRACE_VIEWS } from './names.ts';
import { trace, traceFilter, traceRow, traceView, usageEntry, usageSum } from './entities/trace.ts';
import { traceMessages, traceRaw } from './entities/trace-content.ts';

const nothing = z.strictObject({});
const name = z.string().max(10_000);
const limit = z.number().int().min(1).max(500);

/** A question with one answer. `input` is parsed at the door; `output` is what the handler returns. */
const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });

/** What starting a turn stored, at once and before any model was asked. */
export const turnStarted = z.object({ conversation, userMessage: message, reply: message });

export const calls = {
  // --- app
  'app.info': call(
    nothing,
    z.object({
      version: z.string(),
      runtime: z.object({ electron: z.string().nullable(), node: z.string(), chrome: z.string().nullable() }),
      platform: z.string(),
      dataDir: z.string(),
      /** True until a first message was sent on this data folder. */
      firstRun: z.boolean(),
      /** Things found wrong at start, each one sentence that says what to do. */
      problems: z.array(z.string()),
      engine: engineStatus,
      privateMemoryMb: z.number().nullable(),
    }),
  ),
  /** The page says once that a person can type now; the core warms the engine after it. */
  'app.ready': call(nothing, nothing),
  // --- conversations
  'chat.list': call(nothing, z.object({ conversations: z.array(conversation), folders: z.array(folder) })),
  'chat.get': call(z.strictObject({ conversationId: id }), conversation),
  /** A window of the shown branch. `fromIndex` absent = the last `limit` messages. `total` = length of the branch. */
  'chat.thread': call(
    z.strictObject({ conversationId: id, fromIndex: z.number().int().min(0).optional(), limit }),
    z.object({ conversation, total: z.number().int(), fromIndex: z.number().int(), messages: z.array(message) }),
  ),
  'chat.create': call(
    z.strictObject({ conversationId: id, private: z.boolean().optional(), route: z.string().optional() }),
    conversation,
  ),
  'chat.update': call(
    z.strictObject({
      conversationId: id,
      title: name.optional(),
      folderId: id.nullable().optional(),
      pinned: z.boolean().optional(),
      private: z.boolean().optional(),
      systemPrompt: z.string().max(200_000).nullable().optional(),
      promptId: id.nullable().optional(),
      sampling: sampling.optional(),
      route: z.string().optional(),
    }),
    conversation,
  ),
  /** Hides it; `chat.restore` brings it back. Purged at the next start after 30 days. */
  'chat.delete': call(z.strictObject({ conversationId: id }), nothing),
  'chat.restore': call(z.strictObject({ conversationId: id }), conversation),
  /** Shows the branch that holds this message, down to its newest leaf. */
  'chat.showBranch': call(z.strictObject({ messageId: id }), conversation),
  /** Index of a message on its branch after showing that branch: for search hits. */
  'chat.locate': call(z.strictObject({ messageId: id }), z.object({ conversation, index: z.number().int() })),
  'chat.search': call(z.strictObject({ text: z.string().max(500), limit }), z.object({ hits: z.array(searchHit) })),
  'draft.get': call(z.strictObject({ conversationId: id.nullable() }), z.object({ text: z.string() })),
  'draft.save': call(z.strictObject({ conversationId: id.nullable(), text: z.string() }), nothing),
  'folder.create': call(z.strictObject({ name }), folder),
  'folder.rename': call(z.strictObject({ folderId: id, name }), folder),
  /** Its conversations move to no folder. */
  'folder.delete': call(z.strictObject({ folderId: id }), nothing),
  // --- turns
  /** Stores the message and starts (or queues) the reply. The caller mints all three ids; a conversation that does not
   * exist yet is created with `private` and `route`. `parentId` absent = the end of the shown branch. */
  'turn.start': call(
    z.strictObject({
      turnId: id,
      conversationId: id,
      userMessageId: id,
      replyId: id,
      text: z.string(),
      parentId: id.nullable().optional(),
      route: z.string().optional(),
      private: z.boolean().optional(),
    }),
    turnStarted,
  ),
  /** Another reply to the same message, as a branch beside the old one. */
  'turn.regenerate': call(
    z.strictObject({ turnId: id, replyId: id, messageId: id, route: z.string().optional() }),
    turnStarted,
  ),
  /** A changed user message, as a branch beside the old one, with its reply. */
  'turn.edit': call(
    z.strictObject({ turnId: id, userMessageId: id, replyId: id, messageId: id, text: z.string() }),
    turnStarted,
  ),
  /** Stops a live turn and keeps its text; takes a queued one back. Unknown turn: does nothing. */
  'turn.stop': call(z.strictObject({ turnId: id }), nothing),
  /** Turns that are live or queued now. */
  'turn.active': call(nothing, z.object({ turns: z.array(z.object({ turnId: id, conversationId: id, replyId: id })) })),
  // --- traces
  /** Newest first; `before` is the cursor `next` of the page before. */
  'trace.list': call(
    z.strictObject({ filter: traceFilter, before: z.string().optional(), limit }),
    z.object({ rows: z.array(traceRow), next: z.string().nullable(), total: z.number().int() }),
  ),
  'trace.get': call(z.strictObject({ traceId: id }), trace),
  /** Filters of the list that a person gave a name to, by name. */
  'trace.views': call(nothing, z.object({ views: z.array(traceView) })),
  /** `was` = the name it had, where it gets another one. Refused when another view has that name. */
  'trace.saveView': call(z.strictObject({ view: traceView, was: z.string().optional() }), nothing),
  /** Views that were kept elsewhere; those whose name is taken stay out. */
  'trace.takeViews': call(z.strictObject({ views: z.array(traceView).max(MOST_TRACE_VIEWS) }), nothing),
  /** Unknown name: does nothing. */
  'trace.removeView': call(z.strictObject({ name: z.string() }), nothing),
  /** What was sent and what came back, in words. */
  'trace.messages': call(z.strictObject({ traceId: id }), traceMessages),
  /** The same in the form it travels in. */
  'trace.raw': call(z.strictObject({ traceId: id }), traceRaw),
  /** For the clipboard: `json` as `trace ID --json` prints it, `otlp` as a collector gets it, a command that asks the local API or the
   * provider again. Keys stand in it as environment variables. */
  'trace.copy': call(
    z.strictObject({ traceId: id, as: z.enum(['json', 'otlp', 'curl-api', 'curl-provider']) }),
    z.object({ text: z.string() }),
  ),
  /** What asking it again would take. Asks nobody. */
  'replay.plan': call(replayWish, replayPlan),
  /** Asks it again through the router and answers when that has ended; its own trace says what it replays. */
  'replay.run': call(replayRun, replayResult),
  /** Unknown replay: does nothing. */
  'replay.stop': call(z.strictObject({ replayId: id }), nothing),
  /** Why it failed, was slow, dear or rated badly. */
  'trace.diagnose': call(z.strictObject({ traceId: id }), diagnosis),
  /** What changed in a time against the one of the same length before it. */
  'trace.diagnosePeriod': call(z.strictObject({ since: z.number().int(), until: z.number().int() }), periodDiagnosis),
  /** Sums over time, for dashboards. */
  'trace.overview': call(traceOverviewQuery, traceOverview),
  /** What breakers did in a time. */
  'trace.breakers': call(z.strictObject({ since: epochMs, until: epochMs }), breakerHistory),
  /** Cost and savings over time, for dashboards. */
  'usage.savings': call(savingsQuery, savings),
  'usage.list': call(
    z.strictObject({ since: z.number().int(), until: z.number().int() }),
    z.object({ entries: z.array(usageEntry), totalCostUsd: z.number() }),
  ),
  /** By provider and model, dearest first. `since` inclusive, `until` exclusive. */
  'usage.sums': call(
    z.strictObject({ since: z.number().int(), until: z.number().int() }),
    z.object({ sums: z.array(usageSum) }),
  ),
  /** The ledger's lines as CSV. Path absent = ask with a dialog; null answer = the person closed it. */
  'usage.export': call(
    z.strictObject({ since: z.number().int(), until: z.number().int(), path: z.string().optional() }),
    z.object({ path: z.string().nullable(), entries: z.number().int() }),
  ),
  /** Traces on their way to the collector. */
  'export.state': call(
    nothing,
    z.object({
      waiting: z.number().int(),
      /** Given up on, because too many waited or the collector called them wrong. */
      lost: z.number().int(),
      /** One sentence; null = the last request went well, or none was made. */
      problem: z.string().nullable(),
      lastSentAt: z.number().nullable(),
    }),
  ),
  // --- prompts
  'prompt.list': call(nothing, z.object({ prompts: z.array(prompt) })),
  'prompt.versions': call(z.strictObject({ promptId: id }), z.object({ versions: z.array(promptVersion) })),
  'prompt.create': call(z.strictObject({ name, text: z.string().max(200_000), note: z.string().max(2000) }), prompt),
  /** Stores a new version; the same text as the latest is refused. */
  'prompt.addVersion': call(
    z.strictObject({ promptId: id, text: z.string().max(200_000), note: z.string().max(2000) }),
    promptVersion,
  ),
  'prompt.rename': call(z.strictObject({ promptId: id, name }), prompt),
  /** Points a label at a version; `versionId` null removes the label. Moving `production` back is the rollback. */
  'prompt.label': call(
    z.strictObject({ promptId: id, label: z.string().min(1).max(40), versionId: id.nullable() }),
    prompt,
  ),
  // --- feedback
  'feedback.give': call(
    z.strictObject({
      messageId: id,
      rating: z.enum(['up', 'down']),
      reason: feedbackReason.nullable(),
      note: z.string().max(5000),
    }),
    feedback,
  ),
  'feedback.remove': call(z.strictObject({ messageId: id }), nothing),
  'feedback.list': call(
    z.strictObject({
      rating: z.enum(['up', 'down']).optional(),
      modelId: z.string().optional(),
      promptVersionId: id.optional(),
      text: z.string().max(500).optional(),
      limit,
    }),
    z.object({ items: z.array(feedback), upCount: z.number().int(), downCount: z.number().int() }),
  ),
  // --- models
  'model.list': call(nothing, z.object({ models: z.array(modelEntry), engine: engineStatus })),
  /** Copies nothing: the file stays where it is. `path` absent = ask with a dialog; null answer = the person closed it. */
  'model.import': call(z.strictObject({ path: z.string().optional() }), modelEntry.nullable()),
  /** Takes a model off the list. Only a file in the app's own model folder is deleted; `freedBytes` 0 = no file was touched. */
  'model.remove': call(z.strictObject({ modelId: z.string() }), z.object({ freedBytes: z.number() })),
  /** The catalogue, what suits this machine first. */
  'model.available': call(
    nothing,
    z.object({
      models: z.array(availableModel),
      basis: fitBasis,
      freeDiskBytes: z.number().nullable(),
      folder: z.string(),
    }),
  ),
  /** Models Ollama and LM Studio have on this machine. */
  'model.found': call(nothing, z.object({ models: z.array(foundModel) })),
  /** Lists one of them here. Copies nothing; removing it later never touches the file. */
  'model.adopt': call(z.strictObject({ path: z.string() }), modelEntry),
  // --- downloads
  'download.list': call(nothing, z.object({ downloads: z.array(downloadEntry) })),
  /** A model of the catalogue, or a file of the hub; of a split one all parts, the first is answered. */
  'download.start': call(
    z.union([z.strictObject({ catalogueId: z.string() }), z.strictObject({ repo: z.string(), path: z.string() })]),
    downloadEntry,
  ),
  'download.pause': call(z.strictObject({ downloadId: id }), downloadEntry),
  /** Goes on; one that waits for its next try tries now. */
  'download.resume': call(z.strictObject({ downloadId: id }), downloadEntry),
  /** Gives it up and removes what came. */
  'download.cancel': call(z.strictObject({ downloadId: id }), z.object({ freedBytes: z.number() })),
  // --- hub
  /** Goes out to the hub: only when a person asks. */
  'hub.search': call(z.strictObject({ text: z.string().max(200) }), z.object({ models: z.array(hubModel) })),
  'hub.files': call(z.strictObject({ repo: z.string().max(200) }), z.object({ files: z.array(hubFile) })),
  'model.load': call(z.strictObject({ modelId: z.string() }), nothing),
  'model.unload': call(z.strictObject({ modelId: z.string() }), nothing),
  /** Measures threads, prefill and decode again. */
  'model.calibrate': call(z.strictObject({ modelId: z.string() }), modelEntry),
  // --- bench
  /** What is being measured, and what could be. */
  'bench.state': call(nothing, z.object({ run: benchRun.nullable(), choices: z.array(benchChoice) })),
  /** Newest first. */
  'bench.reports': call(nothing, z.object({ reports: z.array(benchReport) })),
  /** Measures one model; it waits while replies are written. Refused while another is measured. */
  'bench.start': call(z.strictObject({ modelId: z.string(), backends: z.array(z.string()).min(1).max(8) }), nothing),
  /** Backends of this machine, which last worked, and what their tests found. */
  'bench.backends': call(nothing, backendsState),
  /** Lets a graphics card compute what the processor did and compares. Refused while something is measured. */
  'bench.selfTest': call(z.strictObject({ modelId: z.string(), backend: z.string() }), selfTest),
  /** Ends the run; what was measured is kept. */
  'bench.cancel': call(nothing, nothing),
  'bench.remove': call(z.strictObject({ reportId: z.string() }), nothing),
  /** Path absent = ask with a dialog; null answer = the person closed it. */
  'bench.export': call(
    z.strictObject({ reportId: z.string(), format: z.enum(['json', 'csv']), path: z.string().optional() }),
    z.object({ path: z.string().nullable() }),
  ),
  // --- providers
  'provider.list': call(
    nothing,
    z.object({ providers: z.array(providerEntry), network: networkState, keychain: z.boolean() }),
  ),
  /** Adds a provider or replaces the one with this id, in the settings file. */
  'provider.save': call(z.strictObject({ provider: providerConfig }), providerEntry),
  /** Takes it out of the settings file and forgets its key. */
  'provider.remove': call(z.strictObject({ providerId: z.string() }), nothing),
  /** Keeps the key in the system's keychain, or for this session where there is none. `key` null forgets it. */
  'provider.setKey': call(
    z.strictObject({ providerId: z.string(), key: z.string().min(1).max(10_000).nullable() }),
    providerEntry,
  ),
  /** One small request to the provider, logged as egress. With `modelId` it asks that model for one word. */
  'provider.test': call(z.strictObject({ providerId: z.string(), modelId: z.string().optional() }), providerTest),
  // --- routing
  'policy.list': call(nothing, z.object({ policies: z.array(policyEntry) })),
  /** `number` absent = the version in force. */
  'policy.get': call(
    z.strictObject({ name: z.string(), number: z.number().int().min(0).optional() }),
    z.object({ entry: policyEntry, text: z.string(), versions: z.array(policyVersion.omit({ text: true })) }),
  ),
  /** Reads the text as a policy; every problem names its line. A `warning` (a model that is not there) does not keep it from
   * being saved. */
  'policy.check': call(
    z.strictObject({ text: z.string().max(200_000) }),
    z.object({
      problems: z.array(z.object({ line: z.number().int(), text: z.string(), warning: z.boolean().optional() })),
    }),
  ),
  /** Stores a new version and writes its file; an invalid text is refused. A built-in is saved under a new name. */
  'policy.save': call(z.strictObject({ text: z.string().max(200_000), note: z.string().max(2000) }), policyEntry),
  'policy.use': call(z.strictObject({ name: z.string() }), policyEntry),
  /** What this policy would have decided for recorded turns. Asks no model. */
  'policy.dryRun': call(
    z.strictObject({
      text: z.string().max(200_000),
      since: z.number().int().optional(),
      /** Absent = turns of the window, the API and the command line alike. */
      source: z.enum(TRACE_SOURCES).optional(),
      limit,
    }),
    z.object({
      rows: z.array(dryRunRow),
      changed: z.number().int(),
      wasUsd: z.number(),
      wouldUsd: z.number(),
      /** Rows whose model has no known price: they count nothing in `wouldUsd`. */
      unpriced: z.number().int(),
    }),
  ),
  'budget.status': call(nothing, z.object({ lines: z.array(budgetLine), savedTodayUsd: z.number() })),
  /** Newest first. */
  'egress.list': call(
    z.strictObject({ before: z.string().optional(), conversationId: id.optional(), limit }),
    z.object({ entries: z.array(egressListed), next: z.string().nullable(), totalBytesOut: z.number() }),
  ),
  // --- local API
  'api.status': call(nothing, z.object({ state: apiState, tokens: z.array(apiTokenEntry) })),
  /** The token is in this answer and nowhere else: only its hash is kept. */
  'api.createToken': call(
    z.strictObject({
      name: z.string().min(1).max(100),
      requestsPerMinute: z.number().int().min(1).nullable(),
      concurrency: z.number().int().min(1).nullable(),
      usdPerDay: z.number().min(0).nullable(),
    }),
    z.object({ token: z.string() }),
  ),
  'api.revokeToken': call(z.strictObject({ name: z.string() }), nothing),
  // --- settings and data
  'settings.get': call(nothing, settingsState),
  'settings.save': call(z.strictObject({ config }), settingsState),
  /** Path absent = ask with a dialog; null answer = the person closed it. */
  'data.backup': call(
    z.strictObject({ path: z.string().optional() }),
    z.object({ path: z.string().nullable(), sizeBytes: z.number() }),
  ),
  'data.export': call(
    z.strictObject({ path: z.string().optional(), conversationId: id.optional() }),
    z.object({ path: z.string().nullable(), conversations: z.number().int() }),
  ),
  'data.import': call(
    z.strictObject({ path: z.string().optional() }),
    z.object({ path: z.string().nullable(), conversations: z.number().int(), skipped: z.number().int() }),
  ),
  'data.openFolder': call(nothing, nothing),
  'data.check': call(nothing, z.object({ ok: z.boolean(), detail: z.string() })),
} as const;

export type Calls = typeof calls;
export type CallName = keyof Calls;
export type CallInput<N extends CallName> = z.input<Calls[N]['input']>;
export type CallParsed<N extends CallName> = z.output<Calls[N]['input']>;
export type CallOutput<N extends CallName> = z.output<Calls[N]['output']>;
