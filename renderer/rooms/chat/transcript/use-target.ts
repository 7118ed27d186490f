import { useCallback, useEffect, useState } from 'react';
import { call, faultOf } from '../../../link/index.ts';
import { toast } from '../../../kit/index.ts';
import { usePlace } from '../../../state/index.ts';
import { text as words } from '../text.ts';
import type { Thread } from './thread.ts';

export interface Target {
  readonly index: number;
  readonly messageId: string;
}

/** Where a search hit lies: asks the core, which also shows the branch that holds it. */
export function useTarget(thread: Thread): { readonly target: Target | null; readonly clear: () => void } {
  const messageId = usePlace((place) => place.targetMessageId);
  const [target, setTarget] = useState<Target | null>(null);
  useEffect(() => {
    if (messageId === null) return undefined;
    let alive = true;
    const locate = async (): Promise<void> => {
      try {
        const found = await call('chat.locate', { messageId });
        if (!alive || found.conversation.id !== thread.conversationId) return;
        const moved = thread.conversation()?.headMessageId !== found.conversation.headMessageId;
        if (moved || thread.at(found.index)?.id !== messageId) await thread.rebase(found.conversation, found.index);
        if (!alive) return;
        setTarget({ index: found.index, messageId });
      } catch (error) {
        toast({ text: words.t('failedAction', { detail: faultOf(error).detail }), level: 'error' });
      }
      if (alive) usePlace.getState().set({ targetMessageId: null });
    };
    void locate();
    return () => {
      alive = false;
    };
  }, [messageId, thread]);
  const clear = useCallback(() => setTarget(null), []);
  return { target, clear };
}
