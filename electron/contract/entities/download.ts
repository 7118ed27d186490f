import { z } from 'zod';
import { DOWNLOAD_CHECKS, DOWNLOAD_STATES } from '../names.ts';
import { epochMs, id } from './chat.ts';

export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'write the SHA-256 as 64 hexadecimal digits in lower case');

/** Sums of equal parts of a file, the last one shorter: a part that came wrong is fetched again alone. */
export const partSums = z.object({
  /** Length of a part in bytes. */
  bytes: z.number().int().min(4096),
  sha256: z.array(sha256Hex).min(1),
});
export type PartSums = z.infer<typeof partSums>;

/** One file on its way to this machine. */
export const downloadEntry = z.object({
  id,
  /** What a person calls it. */
  title: z.string(),
  /** Name it is installed under in the model folder. */
  fileName: z.string(),
  state: z.enum(DOWNLOAD_STATES),
  /** Nothing, or next to nothing, has come for some seconds. */
  stalled: z.boolean(),
  sizeBytes: z.number().int(),
  receivedBytes: z.number().int(),
  /** Of the last seconds; null while nothing flows. */
  bytesPerSecond: z.number().nullable(),
  /** Time left at this speed, in ms; null = cannot be told. */
  msLeft: z.number().nullable(),
  /** Place in the queue from 1; null when it does not wait for others. */
  place: z.number().int().nullable(),
  /** One sentence: what is wrong and what to do; null = nothing. */
  problem: z.string().nullable(),
  /** When it tries again by itself; null = it does not wait for a moment. */
  nextTryAt: epochMs.nullable(),
  /** Host it comes from now, or first. */
  host: z.string(),
  /** Whose sum it is checked against. */
  checkedBy: z.enum(DOWNLOAD_CHECKS),
  sha256: z.string(),
  /** Entry of the catalogue it is; null = none. */
  catalogueId: z.string().nullable(),
  /** Where it was installed; null = not yet. */
  path: z.string().nullable(),
  createdAt: epochMs,
});
export type DownloadEntry = z.infer<typeof downloadEntry>;
