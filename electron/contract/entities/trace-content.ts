import { z } from 'zod';
import { sampling } from './chat.ts';

/** One message as a model was sent it. */
export const spokenMessage = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  text: z.string(),
  /** Only on `assistant`. `argumentsText` is meant to be JSON and may be anything. */
  toolCalls: z.array(z.object({ id: z.string(), name: z.string(), argumentsText: z.string() })).optional(),
  /** Only on `tool`: the call this is the result of. */
  toolCallId: z.string().optional(),
  /** How many pictures came with it. Absent = none. */
  images: z.number().int().optional(),
});
export type SpokenMessage = z.infer<typeof spokenMessage>;

/** A picture of a message. `message` counts the messages of the request from 0; `data` is base64. */
export const tracePicture = z.object({ message: z.number().int().min(0), mediaType: z.string(), data: z.string() });
export type TracePicture = z.infer<typeof tracePicture>;

/** The words of a request of no conversation and of its answer, as far as `data.traceText` lets a trace keep them; keys hidden. */
export const traceContent = z.object({
  /** Oldest first. */
  messages: z.array(spokenMessage),
  /** Only on its way into storage, which keeps them apart. In the order of their messages. */
  pictures: z.array(tracePicture).optional(),
  answer: z.string(),
  sampling,
  /** The answer ended before the first of these. */
  stop: z.array(z.string()),
  tools: z
    .array(
      z.object({
        name: z.string(),
        description: z.string().optional(),
        parameters: z.record(z.string(), z.unknown()),
        strict: z.boolean().optional(),
      }),
    )
    .optional(),
});
export type TraceContent = z.infer<typeof traceContent>;

/** What was said in a trace, wherever it stands. */
export const traceMessages = z.object({
  /** Oldest first; empty when nothing is known. */
  messages: z.array(spokenMessage),
  /** Older messages that are left out here because they are very long. */
  omitted: z.number().int(),
  /** null = none came, or it is not kept. */
  answer: z.string().nullable(),
  from: z.enum(['conversation', 'trace', 'none']),
  /** Why there is nothing: the policy keeps no words, keeps only those of conversations, or the conversation is gone. */
  missing: z.enum(['policy', 'not-kept', 'removed']).nullable(),
});
export type TraceMessages = z.infer<typeof traceMessages>;

/** A request and its answer in the form they travel in. */
export const traceRaw = z.object({
  /** Written again from what is kept, with the key as a variable; null = the words are not there. */
  request: z.string().nullable(),
  /** JSON of what was read of the answer, attempt by attempt. */
  answer: z.string(),
  missing: traceMessages.shape.missing,
});
