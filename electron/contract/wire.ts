import { z } from 'zod';
import { fault } from './faults.ts';

const requestId = z.number().int().positive();

/** Window -> core, on the one MessagePort. */
export const toCore = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('call'), id: requestId, name: z.string(), input: z.unknown() }),
  z.strictObject({ t: z.literal('open'), id: requestId, name: z.string(), input: z.unknown() }),
  z.strictObject({ t: z.literal('close'), id: requestId }),
]);
export type ToCore = z.infer<typeof toCore>;

/** Core -> window, several in one message of the port. A stream is `item`* then `end` or `fail`. */
export const toWindow = z.discriminatedUnion('t', [
  z.object({ t: z.literal('ok'), id: requestId, output: z.unknown() }),
  /** As `ok`, of what is JSON already. */
  z.object({ t: z.literal('json'), id: requestId, json: z.string() }),
  z.object({ t: z.literal('fail'), id: requestId, fault }),
  z.object({ t: z.literal('item'), id: requestId, item: z.unknown() }),
  z.object({ t: z.literal('end'), id: requestId }),
  z.object({ t: z.literal('signal'), name: z.string(), payload: z.unknown() }),
]);
export type ToWindow = z.infer<typeof toWindow>;
