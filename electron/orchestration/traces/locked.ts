import type { Trace } from '../../contract/entities/trace.ts';

type Held = Pick<Trace, 'private' | 'conversationId' | 'spans'>;

/** The conversation whose words a trace holds: of a replay, the one that the request came from. null = none. */
export function conversationOf({ conversationId, spans }: Held): string | null {
  const replayed = spans.find(({ parentId }) => parentId === null)?.attributes['replayOfConversation'];
  return conversationId ?? (typeof replayed === 'string' ? replayed : null);
}

/** Whether nothing of a trace may leave: it was asked in private, or its conversation is private by now. */
export function isLocked(trace: Held, isPrivate: (conversationId: string) => boolean): boolean {
  const conversationId = conversationOf(trace);
  return trace.private || (conversationId !== null && isPrivate(conversationId));
}
