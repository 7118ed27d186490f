import { z } from 'zod';
import { conversation, epochMs, id, replyInfo } from '../../contract/entities/chat.ts';
import { MESSAGE_STATUSES } from '../../contract/names.ts';

/** Version of the export format; a reader refuses a higher one. */
export const DUMP_VERSION = 1;

/** One conversation with all its branches, as exported. */
export const conversationDump = z.object({
  conversation,
  messages: z.array(
    z.object({
      id,
      parentId: id.nullable(),
      role: z.enum(['user', 'assistant']),
      text: z.string(),
      status: z.enum(MESSAGE_STATUSES),
      turnId: id,
      createdAt: epochMs,
      reply: replyInfo.nullable(),
    }),
  ),
});

/** An export file. */
export const dumpFile = z.object({
  switchyard: z.number().int().positive(),
  exportedAt: epochMs,
  conversations: z.array(z.unknown()),
});
