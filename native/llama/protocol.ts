import { z } from 'zod';
import { sampling } from '../../electron/contract/entities/chat.ts';
import { measurement } from '../../electron/contract/entities/model.ts';
import { faultCode } from '../../electron/contract/faults.ts';

const id = z.number().int().positive();
const count = z.number().int().nonnegative();
const ms = z.number().nonnegative();

export const BACKENDS = ['auto', 'cpu', 'vulkan', 'cuda', 'metal'] as const;
export type Backend = (typeof BACKENDS)[number];

/** One message as the host gets it. */
export const hostMessage = z.object({ role: z.enum(['system', 'user', 'assistant']), text: z.string() });
export type HostMessage = z.infer<typeof hostMessage>;

/** What a model's memory depends on; see fit.ts. */
export const modelShape = z.object({
  weightsBytes: count,
  layers: count,
  width: count,
  feedForward: count,
  vocabulary: count,
  stateElements: z.number().nonnegative(),
  trainedTokens: count,
});

/** Which file, and how to run it. `measurement` null = nothing is known of it on this machine yet. */
export const modelSpec = z.object({
  modelId: z.string(),
  path: z.string(),
  sizeBytes: z.number(),
  measurement: measurement.nullable(),
  /** What its header says; absent = the host reads it. */
  shape: modelShape.optional(),
  /** Steps down the ladder of plans to begin with: what was above them has failed. Absent = none. */
  stepsDown: count.optional(),
  /** A way that failed took about so many bytes: none that takes as much is begun with, though more memory is free by now. Absent = none failed. */
  lessThanBytes: count.optional(),
});
export type ModelSpec = z.infer<typeof modelSpec>;

/** The form a reply must have. */
export const replyFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('json') }),
  z.object({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) }),
  /** Calls of tools, a line of JSON each. */
  z.object({
    type: z.literal('tools'),
    tools: z.array(z.object({ name: z.string(), parameters: z.record(z.string(), z.unknown()) })).min(1),
    /** It may be a text instead. */
    text: z.boolean(),
    /** Calls it may make at most. */
    most: id,
  }),
]);
export type ReplyFormat = z.infer<typeof replyFormat>;

/**
 * One way to run a model that is measured: threads of one reply, replies made at once, or what it thinks likeliest along a text (`follow`;
 * absent = its own).
 */
export const benchWish = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('probe'), threads: id, length: id, follow: z.array(count).optional() }),
  z.object({ kind: z.literal('threads'), threads: id }),
  z.object({ kind: z.literal('replies'), replies: id, threads: id }),
]);
export type BenchWish = z.infer<typeof benchWish>;

/** Core -> host. The first message is `start`; `exit` ends the process. */
export const toHost = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('start'),
    backend: z.enum(BACKENDS),
    /** Where the state of conversations is kept from one run to the next; absent = nowhere. */
    states: z.object({ folder: z.string(), mostBytes: count }).optional(),
  }),
  z.object({ t: z.literal('load'), id, model: modelSpec }),
  z.object({
    t: z.literal('generate'),
    id,
    model: modelSpec,
    messages: z.array(hostMessage),
    sampling,
    /** Requests with one key continue one another's state; null = none is kept. */
    stateKey: z.string().nullable(),
    /** Its state may be written to disk when the model is put away. Absent = never. */
    mayKeep: z.boolean().optional(),
    /** Absent = free text. */
    format: replyFormat.optional(),
    /** The reply ends before the first of these. */
    stop: z.array(z.string()).max(16).optional(),
    /** Whether the mean probability of its tokens is wanted. */
    probability: z.boolean().optional(),
  }),
  /** Vectors of texts, made by an embedding model beside the one that chats. */
  z.object({ t: z.literal('embed'), id, model: modelSpec, texts: z.array(z.string()).min(1) }),
  z.object({ t: z.literal('stop'), id }),
  z.object({ t: z.literal('count'), id, model: modelSpec, messages: z.array(hostMessage) }),
  z.object({ t: z.literal('calibrate'), id, model: modelSpec, budgetMs: z.number().positive() }),
  /** For a process that answers nobody: forgets what its sequences hold. */
  z.object({ t: z.literal('bench'), id, model: modelSpec, wish: benchWish, budgetMs: z.number().positive() }),
  /** Nothing of this conversation stays on disk. Answered by nothing. */
  z.object({ t: z.literal('forget'), stateKey: z.string() }),
  z.object({ t: z.literal('unload'), id }),
  z.object({ t: z.literal('ping'), id }),
  z.object({ t: z.literal('exit') }),
]);
export type ToHost = z.infer<typeof toHost>;

/** One way to load a model that is tried now. */
export const loadPlan = z.object({
  /** In words, with its numbers. */
  what: z.string(),
  estimatedBytes: count,
  freeBytes: count,
  /** Why the one before was given up; null = this is the first. */
  because: z.string().nullable(),
});
export type LoadPlan = z.infer<typeof loadPlan>;

/** Host -> core. Each request ends with exactly one of `done`, `end` or `fail`. */
export const fromHost = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('ready'),
    backend: z.string(),
    warning: z.string().nullable(),
    cores: z.number().int(),
    /** Names of the graphics cards in use. */
    devices: z.array(z.string()).optional(),
  }),
  z.object({ t: z.literal('loading'), id, fraction: z.number().min(0).max(1).nullable(), plan: loadPlan.optional() }),
  z.object({
    t: z.literal('loaded'),
    id,
    modelId: z.string(),
    /** 0 when it was loaded already. */
    loadMs: ms,
    backend: z.string(),
    threads: z.number().int(),
    contextTokens: z.number().int(),
    /** Requests it answers at once. */
    sequences: z.number().int().positive(),
    /** Memory it takes, by llama.cpp's own account; what was estimated before. */
    usedBytes: count,
    estimatedBytes: count,
    /** Layers of it that the graphics card holds, of so many with the output. */
    gpuLayers: count,
    layers: count.optional(),
  }),
  z.object({ t: z.literal('prefill'), id, tokensIn: count, tokensCached: count }),
  z.object({ t: z.literal('delta'), id, text: z.string(), tokens: count }),
  z.object({
    t: z.literal('end'),
    id,
    finish: z.enum(['stop', 'length', 'cancelled']),
    tokensIn: count,
    tokensCached: count,
    tokensOut: count,
    loadMs: ms,
    /** From being read to its first computed token: others were served, or the context grew. */
    waitMs: ms,
    prefillMs: ms,
    decodeMs: ms,
    tokensPerSecond: z.number().nullable(),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  z.object({
    t: z.literal('fail'),
    id,
    code: faultCode,
    detail: z.string(),
    tokensIn: count,
    tokensCached: count,
    tokensOut: count,
  }),
  /** Answer to `load`, `count` (tokens), `calibrate`, `bench` (after its figures), `embed` (after its vectors) and `unload`. */
  z.object({ t: z.literal('done'), id, tokens: count.nullable() }),
  z.object({
    t: z.literal('benched'),
    id,
    /** null = there was no room to measure it. */
    prefillTokensPerSecond: z.number().nullable(),
    decodeTokensPerSecond: z.number().nullable(),
    /** Cores that other programs left free meanwhile. */
    freeCores: id,
    /** Of a probe: the likeliest token at each place and its probability; null = it is no number. */
    probe: z.object({ tokens: z.array(z.number().int()), probabilities: z.array(z.number().nullable()) }).optional(),
  }),
  z.object({
    t: z.literal('embedded'),
    id,
    /** Which text, from 0. */
    at: count,
    /** Of unit length: little-endian 32-bit floats as base64. */
    vector: z.string(),
    tokens: count,
  }),
  z.object({ t: z.literal('measured'), modelId: z.string(), measurement }),
  z.object({ t: z.literal('unloaded'), modelId: z.string() }),
  z.object({ t: z.literal('pong'), id }),
  z.object({ t: z.literal('log'), level: z.enum(['debug', 'info', 'warn', 'error']), text: z.string() }),
]);
export type FromHost = z.infer<typeof fromHost>;
