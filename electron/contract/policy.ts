import { z } from 'zod';
import { FAULT_CODES, POLICY_TARGETS, TRACE_SOURCES } from './names.ts';

const share = z.number().min(0).max(1);
const ms = z.number().int().min(1).max(86_400_000);
/** `provider/model`, or `provider/*` for all models of one. */
const modelPattern = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*\/(\*|[^\s*]+)$/i, 'write it as provider/model or provider/*');

/** What a policy is after. The three weights are scaled to sum 1. */
export const objective = z.strictObject({
  quality: z.number().min(0).default(1),
  cost: z.number().min(0).default(0),
  latency: z.number().min(0).default(0),
});
export type Objective = z.infer<typeof objective>;

/** Who may answer at all. An absent or empty list does not narrow. */
export const constraints = z.strictObject({
  /** `local` = models of this machine, `cloud` = providers. */
  kinds: z.array(z.enum(['local', 'cloud'])).default(['local', 'cloud']),
  only: z.array(modelPattern).default([]),
  never: z.array(modelPattern).default([]),
  /** Dearest estimate of one turn, in USD; null = only the budgets count. */
  maxUsdPerTurn: z.number().min(0).nullable().default(null),
  /** Least stated or measured quality, 0 to 1. */
  minQuality: share.default(0),
});

/** Every field that is there must hold; an empty `when` always holds. */
export const ruleWhen = z.strictObject({
  code: z.boolean().optional(),
  math: z.boolean().optional(),
  tools: z.boolean().optional(),
  schema: z.boolean().optional(),
  images: z.boolean().optional(),
  private: z.boolean().optional(),
  /** BCP 47 primary languages, any of them. */
  languages: z.array(z.string().regex(/^[a-z]{2,3}$/)).optional(),
  /** Estimated difficulty, 0 (greeting) to 1 (long reasoning). */
  minDifficulty: share.optional(),
  maxDifficulty: share.optional(),
  minMessageTokens: z.number().int().min(0).optional(),
  maxMessageTokens: z.number().int().min(0).optional(),
  minHistoryTokens: z.number().int().min(0).optional(),
  /** Words or phrases, any of them, case-insensitive, whole words. */
  mentions: z.array(z.string().min(1).max(100)).optional(),
  onBattery: z.boolean().optional(),
  source: z.array(z.enum(['app', 'api', 'cli', 'lab'])).optional(),
});
export type RuleWhen = z.infer<typeof ruleWhen>;

export const draftPlan = z.strictObject({
  enabled: z.boolean().default(false),
  /** Who writes the draft: the local model, the cheapest candidate, or one model. */
  by: z.union([z.enum(['local', 'cheapest']), modelPattern]).default('local'),
  /** A model below this quality does not draft, 0 to 1. */
  minQuality: share.default(0),
  /** Least mean token probability of a draft, 0 to 1, where the model gives probabilities. */
  minConfidence: share.default(0.55),
  /** Answers up to so many tokens are asked `samples` times and must agree; 0 = off. */
  selfConsistencyTokens: z.number().int().min(0).max(200).default(0),
  samples: z.number().int().min(2).max(5).default(3),
  /** A draft that declines, or breaks the asked format, escalates. */
  refusal: z.boolean().default(true),
  format: z.boolean().default(true),
  /** Above this difficulty no draft is tried. */
  maxDifficulty: share.default(0.7),
});
export type DraftPlan = z.infer<typeof draftPlan>;

export const rule = z.strictObject({
  name: z.string().min(1).max(200),
  when: ruleWhen.prefault({}),
  then: z.strictObject({
    /** Tried before all others, in this order, if they may answer. */
    prefer: z.array(modelPattern).optional(),
    only: z.array(modelPattern).optional(),
    never: z.array(modelPattern).optional(),
    kinds: z.array(z.enum(['local', 'cloud'])).optional(),
    objective: objective.optional(),
    minQuality: share.optional(),
    draft: z.boolean().optional(),
    /** Rules after this one are not looked at. */
    stop: z.boolean().default(true),
  }),
});

const TOO_LONG = ['larger', 'summarise', 'trim'] as const;

/** What is done about a conversation that is longer than the context of a model. */
export const contextPlan = z.strictObject({
  /**
   * Each only as far as those before it are not enough. `larger` = models whose window holds more of it score higher,
   * `summarise` = its older turns are replaced by a summary, which stays with the conversation, `trim` = its oldest messages are
   * left out. What is not listed is not done; when nothing helps, the next step of the ladder is asked.
   */
  tooLong: z
    .array(z.enum(TOO_LONG))
    .refine(
      (steps) =>
        steps.every((step, at) => at === 0 || TOO_LONG.indexOf(step) > TOO_LONG.indexOf(steps[at - 1] ?? step)),
      'list any of larger, summarise and trim once, in this order',
    )
    .default([...TOO_LONG]),
  /** Who writes the summary: the model that answers, a model of this machine, or one model. Private: never a provider without trust. */
  summaryBy: z.union([z.enum(['same', 'local']), modelPattern]).default('same'),
  /** A model below this quality writes none, 0 to 1: a bad summary is worse than a cut. */
  summaryMinQuality: share.default(0.4),
});
export type ContextPlan = z.infer<typeof contextPlan>;

/** One step to fall down. `after` = faults this step answers to; absent = any that may fall back. */
export const ladderStep = z.strictObject({
  to: z.union([z.enum(POLICY_TARGETS), modelPattern]),
  after: z.array(z.enum(FAULT_CODES)).optional(),
});

export const limits = z.strictObject({
  /** Calls to models of one turn, all steps together. */
  attempts: z.number().int().min(1).max(20).default(6),
  /** Retries of one step. */
  retries: z.number().int().min(0).max(5).default(2),
  /** Extra calls over all requests, as a share of them: what a retry or hedge may draw on. */
  retryBudget: share.default(0.1),
  /** A second model is asked when the first has said nothing for so long; null = never. */
  hedgeAfterMs: ms.nullable().default(null),
  connectMs: ms.default(5_000),
  firstTokenMs: ms.default(30_000),
  idleMs: ms.default(30_000),
  totalMs: ms.default(600_000),
  /** Longest wait for a provider's stated reset before the next step is taken instead. */
  maxWaitMs: z.number().int().min(0).max(600_000).default(3_000),
  /** After a reply a conversation stays with its model for so long; 0 = off. */
  stickySeconds: z.number().int().min(0).max(86_400).default(300),
  /** May another provider be asked after a content filter or a refusal? */
  refusalFallback: z.boolean().default(false),
});
export type Limits = z.infer<typeof limits>;

/** A routing policy, as its YAML says it. */
export const policy = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'use lower-case letters, digits and dashes'),
  description: z.string().max(1000).default(''),
  objective: objective.prefault({}),
  constraints: constraints.prefault({}),
  /** In order; the first that matches decides unless it says `stop: false`. */
  rules: z.array(rule).max(100).default([]),
  ladder: z
    .array(ladderStep)
    .min(1)
    .max(10)
    .default([{ to: 'best' }, { to: 'next' }, { to: 'local' }, { to: 'starter' }]),
  draft: draftPlan.prefault({}),
  context: contextPlan.prefault({}),
  limits: limits.prefault({}),
});
export type Policy = z.infer<typeof policy>;

/** One stored version of a policy; versions never change. */
export const policyVersion = z.object({
  /** 1, 2, 3 … within its name; 0 = the built-in as shipped. */
  number: z.number().int().min(0),
  text: z.string(),
  note: z.string(),
  createdAt: z.number().int().nonnegative(),
});
export type PolicyVersion = z.infer<typeof policyVersion>;

export const policyEntry = z.object({
  name: z.string(),
  description: z.string(),
  builtIn: z.boolean(),
  /** In force for turns that name no other. */
  inUse: z.boolean(),
  version: z.number().int().min(0),
  /** What is wrong with its file, naming the line; the last good version stays in force. */
  problem: z.string().nullable(),
});
export type PolicyEntry = z.infer<typeof policyEntry>;

/** What another policy would have decided for one recorded turn. */
export const dryRunRow = z.object({
  traceId: z.string(),
  /** Where the question came from: this window, the local API, the command line. */
  source: z.enum(TRACE_SOURCES),
  preview: z.string(),
  startedAt: z.number(),
  was: z.string().nullable(),
  wasName: z.string().nullable(),
  wouldBe: z.string().nullable(),
  wouldBeName: z.string().nullable(),
  reason: z.string(),
  wasCostUsd: z.number(),
  /** Estimated; null = no price known. */
  wouldCostUsd: z.number().nullable(),
});
export type DryRunRow = z.infer<typeof dryRunRow>;
