import { z } from 'zod';
import { epochMs, id } from './chat.ts';

/** A named system prompt. Its text lives in versions, which never change once stored. */
export const prompt = z.object({
  id,
  name: z.string(),
  /** Label -> version id. `production` is the one conversations use. */
  labels: z.record(z.string(), id),
  latestVersionId: id,
  versionCount: z.number().int(),
  createdAt: epochMs,
  updatedAt: epochMs,
});
export type Prompt = z.infer<typeof prompt>;

export const promptVersion = z.object({
  id,
  promptId: id,
  /** 1, 2, 3 … within its prompt. */
  number: z.number().int().positive(),
  text: z.string(),
  /** What changed and why; may be empty. */
  note: z.string(),
  createdAt: epochMs,
  /** Replies written with this version, and their ratings. */
  replyCount: z.number().int(),
  upCount: z.number().int(),
  downCount: z.number().int(),
});
export type PromptVersion = z.infer<typeof promptVersion>;
