import type { TraceContent } from '../../contract/entities/trace-content.ts';
import type { ChatReader } from '../../storage/store.ts';

/** What a trace says of the question it answered. */
export interface Asked {
  /** The reply, in a conversation; null = it belongs to none. */
  readonly messageId: string | null;
  readonly content?: TraceContent | undefined;
}

/** The words of the question behind a trace: the message before the reply, else what the trace kept; null = nobody kept them. */
export const questionIn =
  (chat: Pick<ChatReader, 'message'>) =>
  ({ messageId, content }: Asked): string | null => {
    const reply = messageId === null ? null : chat.message(messageId);
    const parentId = reply?.parentId ?? null;
    if (parentId !== null) return chat.message(parentId)?.text ?? null;
    return content?.messages.findLast(({ role }) => role === 'user')?.text ?? null;
  };
