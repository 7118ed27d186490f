import { z } from 'zod';
import { ROUTE_KINDS, SPAN_KINDS, TRACE_SOURCES, TRACE_STATUSES } from '../names.ts';
import { fault, faultCode, faultOrigin } from '../faults.ts';
import { epochMs, id } from './chat.ts';
import { traceContent } from './trace-content.ts';

export const attributeValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.string()),
  z.array(z.number()),
]);
export const attributes = z.record(z.string(), attributeValue);
export type Attributes = z.infer<typeof attributes>;

/** One step of a trace. Times are milliseconds from the trace's start on a monotonic clock, fractions kept. */
export const span = z.object({
  id,
  parentId: id.nullable(),
  kind: z.enum(SPAN_KINDS),
  name: z.string(),
  startMs: z.number(),
  /** null while running or when the process died before it ended. */
  durationMs: z.number().nullable(),
  status: z.enum(['ok', 'error']),
  fault: fault.nullable(),
  attributes,
  events: z.array(z.object({ name: z.string(), atMs: z.number(), attributes })),
});
export type Span = z.infer<typeof span>;

/** One model the router looked at. */
export const candidate = z.object({
  modelId: z.string(),
  modelName: z.string(),
  /** 0 to 1, higher is better; null when rejected. */
  score: z.number().nullable(),
  /** What the score is made of, each 0 to 1 after weighting. */
  parts: z.record(z.string(), z.number()),
  /** Why it may not answer, in words a person understands; null when it may. */
  rejected: z.string().nullable(),
  /** The fault it would have ended with; absent = none, or a trace of an earlier version. */
  rejectedCode: faultCode.optional(),
});
export type Candidate = z.infer<typeof candidate>;

export const decision = z.object({
  policy: z.string(),
  /** Version of the policy; 0 or absent = the built-in as shipped. */
  policyVersion: z.number().int().optional(),
  /** Names of the rules that matched, in order. */
  rules: z.array(z.string()).optional(),
  /** Model ids to fall to, in order, the chosen one first. */
  ladder: z.array(z.string()).optional(),
  /** Chosen model id; null = none left. */
  chosen: z.string().nullable(),
  /** One sentence each, most important first. */
  reasons: z.array(z.string()),
  candidates: z.array(candidate),
  /** Features of the request the decision looked at. */
  features: attributes,
});
export type Decision = z.infer<typeof decision>;

/** A row of the list: everything one can filter by, nothing heavy. */
export const traceRow = z.object({
  id,
  turnId: id.nullable(),
  conversationId: id.nullable(),
  messageId: id.nullable(),
  startedAt: epochMs,
  durationMs: z.number().nullable(),
  status: z.enum(TRACE_STATUSES),
  source: z.enum(TRACE_SOURCES),
  private: z.boolean(),
  modelId: z.string().nullable(),
  modelName: z.string().nullable(),
  route: z.enum(ROUTE_KINDS).nullable(),
  degraded: z.boolean(),
  faultCode: faultCode.nullable(),
  faultOrigin: faultOrigin.nullable(),
  promptVersionId: id.nullable(),
  tokensIn: z.number().int(),
  tokensCached: z.number().int(),
  tokensOut: z.number().int(),
  firstTokenMs: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  costUsd: z.number(),
  rating: z.enum(['up', 'down']).nullable(),
  /** First 120 characters of the question. */
  preview: z.string(),
});
export type TraceRow = z.infer<typeof traceRow>;

export const trace = traceRow.extend({
  decision: decision.nullable(),
  spans: z.array(span),
  /** What was said, where the trace itself keeps it; absent = a conversation does, or nobody. Never exported to a collector. */
  content: traceContent.optional(),
});
export type Trace = z.infer<typeof trace>;

/** A filter of the list that a person gave a name to. */
export const traceView = z.strictObject({
  name: z.string().trim().min(1).max(200),
  /** As the window writes filters: fields of a URL's query. */
  query: z.string().min(1).max(10_000),
});
export type TraceView = z.infer<typeof traceView>;

/** Every field narrows; absent = any. Times are epoch ms. */
export const traceFilter = z.object({
  text: z.string().max(500).optional(),
  status: z.enum(TRACE_STATUSES).optional(),
  modelId: z.string().optional(),
  route: z.enum(ROUTE_KINDS).optional(),
  source: z.enum(TRACE_SOURCES).optional(),
  faultCode: faultCode.optional(),
  faultOrigin: faultOrigin.optional(),
  degraded: z.boolean().optional(),
  rating: z.enum(['up', 'down', 'none']).optional(),
  promptVersionId: id.optional(),
  conversationId: id.optional(),
  minDurationMs: z.number().nonnegative().optional(),
  minFirstTokenMs: z.number().nonnegative().optional(),
  minCostUsd: z.number().nonnegative().optional(),
  since: epochMs.optional(),
  until: epochMs.optional(),
});
export type TraceFilter = z.infer<typeof traceFilter>;

/** One line of the append-only ledger: what a turn used and cost. */
export const usageEntry = z.object({
  id,
  traceId: id,
  at: epochMs,
  modelId: z.string(),
  tokensIn: z.number().int(),
  tokensCached: z.number().int(),
  tokensOut: z.number().int(),
  costUsd: z.number(),
  /** Provider of the model; absent in entries of versions before providers, which were all local. */
  providerId: z.string().optional(),
  /** Token of the local API it was asked with. */
  tokenName: z.string().nullable().optional(),
  /** What the answer would have cost without cache, draft or local model, where that is known. */
  savedUsd: z.number().optional(),
});
export type UsageEntry = z.infer<typeof usageEntry>;

/** What one model of one provider used in a time. */
export const usageSum = z.object({
  providerId: z.string(),
  modelId: z.string(),
  /** Lines of the ledger: calls that were paid or counted, drafts and failed attempts included. */
  entries: z.number().int(),
  tokensIn: z.number().int(),
  tokensCached: z.number().int(),
  tokensOut: z.number().int(),
  costUsd: z.number(),
  savedUsd: z.number(),
});
export type UsageSum = z.infer<typeof usageSum>;
