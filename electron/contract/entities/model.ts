import { z } from 'zod';
import { MODEL_STATES, OTHER_PROGRAMS } from '../names.ts';
import { price } from '../providers.ts';
import { epochMs } from './chat.ts';

/** What was measured for one model on this machine. */
export const measurement = z.object({
  backend: z.string(),
  decodeThreads: z.number().int().positive(),
  prefillThreads: z.number().int().positive(),
  decodeTokensPerSecond: z.number(),
  prefillTokensPerSecond: z.number(),
  measuredAt: epochMs,
});
export type Measurement = z.infer<typeof measurement>;

/** What a model can do besides text. */
export const modelCapabilities = z.object({
  tools: z.boolean(),
  /** Follows a JSON schema by construction, not by asking. */
  jsonSchema: z.boolean(),
  vision: z.boolean(),
  reasoning: z.boolean(),
  logprobs: z.boolean(),
  embeddings: z.boolean(),
});
export type ModelCapabilities = z.infer<typeof modelCapabilities>;

/** What was seen of a model's answers lately on this machine. */
export const modelObserved = z.object({
  /** Median of the last answers, ms from request to first text. */
  firstTokenMs: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  /** Share of attempts that ended in a fault of the model or its provider, 0 to 1. */
  faultShare: z.number(),
  samples: z.number().int(),
});
export type ModelObserved = z.infer<typeof modelObserved>;

export const modelEntry = z.object({
  /** `provider/model`, e.g. `local/switchyard-starter`. */
  id: z.string(),
  name: z.string(),
  /** Id of its provider; `local` for this app's engine. */
  provider: z.string(),
  /** What the person calls the provider, for sentences; absent = by its id. */
  providerName: z.string().optional(),
  /** `local` = runs in the engine of this app; everything else is `cloud`, a server on this machine too. */
  kind: z.enum(['local', 'cloud']),
  /** May answer private conversations: local, or of a provider a person trusts so. */
  trustedForPrivate: z.boolean(),
  capabilities: modelCapabilities,
  /** 0 to 1, stated in the settings or measured here; null = unknown. */
  quality: z.number().nullable(),
  /** null = free (local), or no price known (cloud). */
  price: price.nullable(),
  observed: modelObserved.nullable(),
  /** Longest answer it can write; null = as long as the context. */
  maxOutputTokens: z.number().int().nullable(),
  /** Shipped with the app: cannot be removed. */
  embedded: z.boolean(),
  /** Removing it deletes its file. Absent = it does not. */
  ownFile: z.boolean().optional(),
  /** Program whose file it is; absent = none. */
  adoptedFrom: z.enum(OTHER_PROGRAMS).optional(),
  state: z.enum(MODEL_STATES),
  /** Why it cannot be used and what to do; null when it can. */
  problem: z.string().nullable(),
  path: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  architecture: z.string().nullable(),
  quantization: z.string().nullable(),
  parameters: z.number().nullable(),
  /** Trained context window. */
  contextTokens: z.number().int(),
  licence: z.string().nullable(),
  /** One honest sentence on what it can and cannot do; null when nothing is known. */
  description: z.string().nullable(),
  measurement: measurement.nullable(),
  addedAt: epochMs,
});
export type ModelEntry = z.infer<typeof modelEntry>;

/** What the engine process is doing now. */
export const engineStatus = z.object({
  state: z.enum(['stopped', 'starting', 'ready', 'crashed']),
  /** Backend in use: cpu, vulkan, cuda, metal; null before the first start. */
  backend: z.string().nullable(),
  /** Said aloud when the hardware is not used as expected; null when all is as it should be. */
  warning: z.string().nullable(),
  /** Backend that stopped working, so that models run on the processor; absent or null = none did. */
  lostBackend: z.string().nullable().optional(),
  loadedModelId: z.string().nullable(),
  /** Names of the graphics cards in use; absent or empty = none. */
  devices: z.array(z.string()).optional(),
  /** Layers of the loaded model, and how many of them a graphics card holds; absent or null = none is loaded. */
  layers: z.object({ onGpu: z.number().int(), all: z.number().int() }).nullable().optional(),
  crashes: z.number().int(),
});
export type EngineStatus = z.infer<typeof engineStatus>;
