import { z } from 'zod';

/** What the peer's process is asked. */
export const peerAsk = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('open'),
    path: z.string(),
    threads: z.number(),
    /** Of one sequence. */
    contextTokens: z.number(),
    sequences: z.number(),
  }),
  /** One prompt: answered alone; several: all at once. */
  z.object({ t: z.literal('answer'), prompts: z.array(z.string()), maxTokens: z.number() }),
]);
export type PeerAsk = z.infer<typeof peerAsk>;

/** `tokens` after the first in `ms` for one prompt; all tokens in all the time for several. */
export const peerAnswer = z.object({
  firstMs: z.number(),
  tokens: z.number(),
  ms: z.number(),
  promptTokens: z.number(),
});
export type PeerAnswer = z.infer<typeof peerAnswer>;
