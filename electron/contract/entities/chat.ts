import { z } from 'zod';
import {
  FEEDBACK_REASONS,
  FINISH_REASONS,
  MESSAGE_STATUSES,
  REASONING_EFFORTS,
  ROUTE_KINDS,
  TURN_PHASES,
} from '../names.ts';
import { fault } from '../faults.ts';

/** UUID v7, lower case: sorts by time of creation. */
export const id = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
/** Epoch milliseconds, UTC. */
export const epochMs = z.number().int().nonnegative();

/** Sampling settings; an absent field means the model's own default. */
export const sampling = z.object({
  /** 0 (greedy) to 2. */
  temperature: z.number().min(0).max(2).optional(),
  /** 0 to 1. */
  topP: z.number().gt(0).max(1).optional(),
  /** 0 = off. */
  topK: z.number().int().min(0).max(1000).optional(),
  /** 0 to 1; 0 = off. */
  minP: z.number().min(0).max(1).optional(),
  /** 1 = off. */
  repeatPenalty: z.number().min(0.5).max(2).optional(),
  /** Against tokens that were there at all: -2 to 2, 0 = off. Anthropic and Google are not asked for it. */
  presencePenalty: z.number().min(-2).max(2).optional(),
  /** Against tokens by how often they were there: -2 to 2, 0 = off. Anthropic and Google are not asked for it. */
  frequencyPenalty: z.number().min(-2).max(2).optional(),
  /** Longest reply in tokens. */
  maxTokens: z.number().int().min(1).max(1_000_000).optional(),
  seed: z.number().int().min(0).max(4_294_967_295).optional(),
  /** How hard models that reason think; others are not told. */
  reasoningEffort: z.enum(REASONING_EFFORTS).optional(),
});
export type Sampling = z.infer<typeof sampling>;

export const folder = z.object({ id, name: z.string(), position: z.number(), createdAt: epochMs });
export type Folder = z.infer<typeof folder>;

export const conversation = z.object({
  id,
  title: z.string(),
  /** `auto`: made from the first message, replaced until a person renames it. */
  titleSource: z.enum(['auto', 'user']),
  folderId: id.nullable(),
  pinned: z.boolean(),
  /** Nothing of a private conversation may leave the machine, whatever the policy says. */
  private: z.boolean(),
  /** Own system prompt; null = the labelled prompt version in force. */
  systemPrompt: z.string().nullable(),
  /** Prompt whose `production` label is used when `systemPrompt` is null; null = none. */
  promptId: id.nullable(),
  sampling,
  /** `auto`, `local` or a model id. */
  route: z.string(),
  /** Last message of the branch being shown; null while empty. */
  headMessageId: id.nullable(),
  /** Messages on all branches. */
  messageCount: z.number().int(),
  createdAt: epochMs,
  updatedAt: epochMs,
});
export type Conversation = z.infer<typeof conversation>;

/** What is pinned to a reply: how it travelled, with what, at what cost. */
export const replyInfo = z.object({
  traceId: id,
  /** null until a model is chosen, or when none was left. */
  modelId: z.string().nullable(),
  modelName: z.string().nullable(),
  route: z.enum(ROUTE_KINDS).nullable(),
  degraded: z.boolean(),
  /** Why it is not the first choice, one sentence; null when not degraded. */
  degradedReason: z.string().nullable(),
  promptVersionId: id.nullable(),
  /** Prompt tokens, those reused from earlier state included. */
  tokensIn: z.number().int(),
  /** Prompt tokens that were not computed again. */
  tokensCached: z.number().int(),
  tokensOut: z.number().int(),
  /** Context window of the model at that time; null when unknown. */
  contextTokens: z.number().int().nullable(),
  /** From send to the first visible text. */
  firstTokenMs: z.number().nullable(),
  durationMs: z.number().nullable(),
  /** Decode only, without prefill. */
  tokensPerSecond: z.number().nullable(),
  costUsd: z.number(),
  finishReason: z.enum(FINISH_REASONS).nullable(),
  fault: fault.nullable(),
  rating: z.enum(['up', 'down']).nullable(),
});
export type ReplyInfo = z.infer<typeof replyInfo>;

export const message = z.object({
  id,
  conversationId: id,
  /** null for a first message; several children of one parent are branches. */
  parentId: id.nullable(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  status: z.enum(MESSAGE_STATUSES),
  /** The turn that wrote it: a user message and its reply share one. */
  turnId: id,
  /** Position among the root-to-head path, 0-based. */
  depth: z.number().int(),
  /** All messages with the same parent, oldest first, this one included. */
  siblingIds: z.array(id),
  createdAt: epochMs,
  /** Only on replies. */
  reply: replyInfo.nullable(),
});
export type Message = z.infer<typeof message>;

export const turnPhase = z.enum(TURN_PHASES);
export type TurnPhase = z.infer<typeof turnPhase>;

export const feedbackReason = z.enum(FEEDBACK_REASONS);
export const feedback = z.object({
  id,
  messageId: id,
  conversationId: id,
  traceId: id,
  rating: z.enum(['up', 'down']),
  reason: feedbackReason.nullable(),
  note: z.string(),
  modelId: z.string().nullable(),
  modelName: z.string().nullable(),
  promptVersionId: id.nullable(),
  route: z.enum(ROUTE_KINDS).nullable(),
  /** First 200 characters of the question and the answer. */
  question: z.string(),
  answer: z.string(),
  createdAt: epochMs,
});
export type Feedback = z.infer<typeof feedback>;

/** One hit of a search in titles and messages. `snippet` marks the match with U+0002 … U+0003. */
export const searchHit = z.object({
  conversationId: id,
  title: z.string(),
  messageId: id.nullable(),
  snippet: z.string(),
  createdAt: epochMs,
});
export type SearchHit = z.infer<typeof searchHit>;
