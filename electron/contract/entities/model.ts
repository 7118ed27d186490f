import { z } from 'zod';
import { MODEL_STATES } from '../names.ts';
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

export const modelEntry = z.object({
  /** `provider/model`, e.g. `local/switchyard-starter`. */
  id: z.string(),
  name: z.string(),
  provider: z.string(),
  /** Shipped with the app: cannot be removed. */
  embedded: z.boolean(),
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
  loadedModelId: z.string().nullable(),
  crashes: z.number().int(),
});
export type EngineStatus = z.infer<typeof engineStatus>;
