import { z } from 'zod';
import { conversation, id, message, turnPhase } from './entities/chat.ts';
import { traceRow } from './entities/trace.ts';
import { ROUTE_KINDS } from './names.ts';

/** What a live turn says. `seq` counts deltas from 1; a reader that missed some gets `snapshot` first. */
export const turnEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('phase'), phase: turnPhase, detail: z.string().nullable() }),
  z.object({
    kind: z.literal('route'),
    modelId: z.string(),
    modelName: z.string(),
    route: z.enum(ROUTE_KINDS),
    degraded: z.boolean(),
    degradedReason: z.string().nullable(),
  }),
  z.object({ kind: z.literal('delta'), seq: z.number().int().positive(), text: z.string() }),
  /** Whole text so far, up to and including delta `seq`. */
  z.object({ kind: z.literal('snapshot'), seq: z.number().int().nonnegative(), text: z.string() }),
  /** The stored rows; nothing needs to be fetched again. `trace` is null for a queued turn that was taken back. */
  z.object({ kind: z.literal('end'), conversation, message, trace: traceRow.nullable() }),
]);
export type TurnEvent = z.infer<typeof turnEvent>;

const stream = <I extends z.ZodType, E extends z.ZodType>(input: I, event: E) => ({ input, event });

/** A question with many answers, until it ends or the reader closes it. */
export const streams = {
  /** Live text of one turn, from after `afterSeq` on (0 = all). A turn that has ended gives `end` at once. Closing only detaches. */
  'turn.live': stream(z.strictObject({ turnId: id, afterSeq: z.number().int().nonnegative() }), turnEvent),
} as const;

export type Streams = typeof streams;
export type StreamName = keyof Streams;
export type StreamInput<N extends StreamName> = z.input<Streams[N]['input']>;
export type StreamEvent<N extends StreamName> = z.output<Streams[N]['event']>;
