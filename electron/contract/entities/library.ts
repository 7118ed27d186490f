import { z } from 'zod';
import { FITS, MODEL_KINDS, OTHER_PROGRAMS } from '../names.ts';

/** Whether a model runs well on this machine, and what says so. */
export const fit = z.object({
  fit: z.enum(FITS),
  /** Memory it takes with a context of `contextTokens`, in bytes. */
  needBytes: z.number(),
  /** Memory this machine has, in bytes. */
  totalBytes: z.number(),
  /** Memory a new model could have now, in bytes; null = cannot be told. */
  freeBytes: z.number().nullable(),
  contextTokens: z.number().int(),
  /** Expected from what was measured here; null = nothing was measured yet. */
  tokensPerSecond: z.number().nullable(),
  /** Why it is not `fits`. */
  because: z.enum(['memory', 'memory-now', 'speed']).nullable(),
});
export type Fit = z.infer<typeof fit>;

/** What the speeds of the list are taken from. */
export const fitBasis = z.object({
  /** The measured model; null = nothing was measured yet, and the list goes by memory alone. */
  modelName: z.string().nullable(),
  tokensPerSecond: z.number().nullable(),
  sizeBytes: z.number().nullable(),
});
export type FitBasis = z.infer<typeof fitBasis>;

/** A model of the catalogue. */
export const availableModel = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(MODEL_KINDS),
  repo: z.string(),
  file: z.string(),
  licence: z.string(),
  parameters: z.number(),
  quantization: z.string(),
  /** In bytes; rounded where `sizeIsExact` is false. */
  sizeBytes: z.number(),
  sizeIsExact: z.boolean(),
  contextTokens: z.number().int(),
  /** BCP 47; empty = many. */
  languages: z.array(z.string()),
  /** The sum it is checked against stands in the catalogue; false = the hub's own is used. */
  hasSum: z.boolean(),
  fit,
  /** The best of its kind for this machine. */
  recommended: z.boolean(),
  /** It is on this machine already: id of the model; null = it is not. */
  modelId: z.string().nullable(),
});
export type AvailableModel = z.infer<typeof availableModel>;

/** A model file that another program keeps on this machine. */
export const foundModel = z.object({
  program: z.enum(OTHER_PROGRAMS),
  name: z.string(),
  path: z.string(),
  sizeBytes: z.number(),
  /** Why it cannot be used; null = it can. */
  problem: z.string().nullable(),
  /** Id under which it is listed here already; null = it is not. */
  modelId: z.string().nullable(),
});
export type FoundModel = z.infer<typeof foundModel>;

/** A collection of model files on the hub. */
export const hubModel = z.object({
  repo: z.string(),
  downloads: z.number(),
  likes: z.number(),
  licence: z.string().nullable(),
  /** Its publisher wants an agreement first: it cannot be fetched without an account. */
  gated: z.boolean(),
});
export type HubModel = z.infer<typeof hubModel>;

/** A file on the hub, all parts of a split model together. */
export const hubFile = z.object({
  /** Path inside the collection; of the first part. */
  path: z.string(),
  parts: z.number().int(),
  sizeBytes: z.number(),
  /** The hub publishes a sum for every part: without one it cannot be installed. */
  checked: z.boolean(),
  fit,
});
export type HubFile = z.infer<typeof hubFile>;
