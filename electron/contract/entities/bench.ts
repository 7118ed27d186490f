import { z } from 'zod';
import { epochMs } from './chat.ts';

/** Tokens a second; null = it could not be measured, for want of memory or context. */
const speed = z.number().nullable();
const threads = z.number().int().positive();

/** What was measured on. */
export const benchMachine = z.object({
  processor: z.string(),
  cores: z.number().int().positive(),
  memoryBytes: z.number(),
  platform: z.string(),
});
export type BenchMachine = z.infer<typeof benchMachine>;

/** One way to compute on one machine: its processor or one kind of graphics card. */
export const benchBackend = z.object({
  /** What was asked for: cpu, vulkan, cuda, metal. */
  backend: z.string(),
  /** Names of the graphics cards that computed; none on the processor. */
  devices: z.array(z.string()),
  /** Why nothing was measured, or not what was asked for; null = all went well. */
  problem: z.string().nullable(),
  /** Loading the model into an engine that runs, ms. */
  loadMs: z.number().nullable(),
  /** Layers on the graphics card, of so many. */
  gpuLayers: z.number().int(),
  layers: z.number().int(),
  /** One prompt read and one reply written, by thread count. */
  threads: z.array(z.object({ threads, prefillTokensPerSecond: speed, decodeTokensPerSecond: speed })),
  /** All tokens of so many replies written at once, a second, with the thread count that did best. */
  parallel: z.array(z.object({ replies: z.number().int().positive(), threads, tokensPerSecond: speed })),
  /** From asking to the first token, ms: of a prompt nothing is known of, and of a follow-up to it. null = not measured. */
  firstToken: z
    .object({
      promptTokens: z.number().int(),
      coldMs: z.number(),
      followUpTokens: z.number().int(),
      warmMs: z.number(),
    })
    .nullable(),
});
export type BenchBackend = z.infer<typeof benchBackend>;

/** One run over one model. */
export const benchReport = z.object({
  id: z.string().min(1),
  modelId: z.string(),
  modelName: z.string(),
  sizeBytes: z.number(),
  machine: benchMachine,
  startedAt: epochMs,
  finishedAt: epochMs,
  /** False = it was stopped before all was measured. */
  complete: z.boolean(),
  /** Fewest cores that other programs left free meanwhile: with fewer than the machine has, the figures are too low. */
  freeCores: z.number().int(),
  backends: z.array(benchBackend),
});
export type BenchReport = z.infer<typeof benchReport>;

/** What is measured now. */
export const benchStep = z.object({
  kind: z.enum(['start', 'threads', 'parallel', 'first-token', 'self-test']),
  backend: z.string(),
  /** Threads or replies, by its kind; null = neither. */
  count: z.number().int().nullable(),
});
export type BenchStep = z.infer<typeof benchStep>;

/** A run that goes on. */
export const benchRun = z.object({
  modelId: z.string(),
  modelName: z.string(),
  startedAt: epochMs,
  /** `waiting` = a reply is being written, which must not be slowed down; it goes on by itself. */
  state: z.enum(['running', 'waiting', 'stopping']),
  step: benchStep,
  done: z.number().int(),
  /** Steps in all, as far as is known now. */
  total: z.number().int(),
  /** Guess of what is left, ms; null = nothing to guess from yet. */
  leftMs: z.number().nullable(),
  /** What was measured so far. */
  backends: z.array(benchBackend),
});
export type BenchRun = z.infer<typeof benchRun>;

/** A way to compute that can be measured here. */
export const benchChoice = z.object({
  backend: z.string(),
  /** Why it cannot be measured; null = it can. */
  problem: z.string().nullable(),
});
export type BenchChoice = z.infer<typeof benchChoice>;

/** Whether a graphics card computes the same as the processor, and how fast each is with the same text. */
export const selfTest = z.object({
  backend: z.string(),
  modelId: z.string(),
  modelName: z.string(),
  at: epochMs,
  devices: z.array(z.string()),
  gpuLayers: z.number().int(),
  layers: z.number().int(),
  passed: z.boolean(),
  /** Why it did not pass, in a sentence that says what to do; null = it passed. */
  problem: z.string().nullable(),
  /** Places of the text at which both hold the same token for the likeliest. */
  agreed: z.number().int(),
  places: z.number().int(),
  /** Largest difference of the likeliest token's probability, 0 to 1; null = not compared. */
  largestDifference: z.number().nullable(),
  /** Tokens a second written, by the processor and by the card; null = not measured. */
  cpuTokensPerSecond: speed,
  tokensPerSecond: speed,
});
export type SelfTest = z.infer<typeof selfTest>;

/** What is known of the backends of this machine. */
export const backendsState = z.object({
  /** What the settings ask for: auto, or one. */
  wanted: z.string(),
  choices: z.array(benchChoice),
  /** The backend that last answered or passed its test; null = none did yet. */
  lastGood: z.object({ backend: z.string(), at: epochMs }).nullable(),
  /** The last test of each, newest first. */
  tests: z.array(selfTest),
});
export type BackendsState = z.infer<typeof backendsState>;
