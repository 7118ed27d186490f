import { z } from 'zod';
import { ROUTE_KINDS } from '../names.ts';
import { fault } from '../faults.ts';
import { id } from './chat.ts';

/** A recorded request asked again. What is absent stays as it was. */
const change = {
  traceId: id,
  /** `auto`, `local` or a model id. */
  route: z.string().min(1).max(500).optional(),
  /** Name of the policy to decide by; absent = the one in force. */
  policy: z.string().min(1).max(100).optional(),
  /** The prompt version that stands in front; null = none. */
  promptVersionId: id.nullable().optional(),
};
export const replayWish = z.strictObject(change);
export type ReplayWish = z.infer<typeof replayWish>;
export const replayRun = z.strictObject({
  /** Minted by the caller: what `replay.stop` names. */
  replayId: id,
  ...change,
});

/** What a replay would do, without asking anybody. */
export const replayPlan = z.object({
  /** The model that would be asked first; null = none may answer. */
  modelId: z.string().nullable(),
  modelName: z.string().nullable(),
  route: z.enum(ROUTE_KINDS).nullable(),
  policy: z.string(),
  /** Prompt tokens, estimated. */
  tokensIn: z.number().int(),
  /** For an answer as long as the recorded one, in USD; null = no price is known. */
  likelyUsd: z.number().nullable(),
  /** The most that the dearest model it may fall to can cost, in USD. */
  mostUsd: z.number(),
  /** Nothing of it may leave the machine. */
  private: z.boolean(),
  /** One sentence: why nobody may answer; null = somebody may. */
  refusal: z.string().nullable(),
  /** One sentence: why not the first choice; null = it is. */
  degradedReason: z.string().nullable(),
});

export const replayResult = z.object({
  /** The replay's own trace. */
  traceId: id,
  /** Text so far, when it was stopped or failed. */
  answer: z.string(),
  stopped: z.boolean(),
  fault: fault.nullable(),
});
