import { useCallback, useSyncExternalStore } from 'react';
import type { Thread } from '../transcript/thread.ts';

/** One fact of a thread; the caller is drawn again only when that fact changes. It must be a primitive or keep its identity. */
export function useThread<T>(thread: Thread, select: (thread: Thread) => T): T {
  const snapshot = useCallback(() => select(thread), [thread, select]);
  return useSyncExternalStore(thread.subscribe, snapshot);
}

export const selectConversation = (thread: Thread) => thread.conversation();
export const selectLiveTurns = (thread: Thread): string =>
  thread
    .live()
    .map((row) => row.turnId)
    .join(' ');
export const selectTotal = (thread: Thread): number => thread.total();
/** Whether the stored conversation is private; null = not stored yet. */
export const selectPrivate = (thread: Thread): boolean | null => thread.conversation()?.private ?? null;
