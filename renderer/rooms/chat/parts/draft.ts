import { call } from '../../../link/index.ts';

const SAVE_AFTER_MS = 400;

export interface DraftKeeper {
  /** Something was typed: saved a moment later. */
  note(text: string): void;
  /** Saved now, if there is anything unsaved. */
  flush(): void;
  /** It was sent: the core throws its draft away with the message it became. */
  sent(): void;
  dispose(): void;
}

/** Saves what is typed, so that it survives a restart. null = the chat that is not stored yet. */
export function createDraftKeeper(conversationId: () => string | null): DraftKeeper {
  let pending: { id: string | null; text: string } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    const now = pending;
    pending = null;
    if (now !== null) void call('draft.save', { conversationId: now.id, text: now.text }).catch(() => undefined);
  };

  window.addEventListener('pagehide', flush);
  return {
    note(text) {
      pending = { id: conversationId(), text };
      clearTimeout(timer);
      timer = setTimeout(flush, SAVE_AFTER_MS);
    },
    flush,
    sent() {
      clearTimeout(timer);
      pending = null;
    },
    dispose() {
      flush();
      window.removeEventListener('pagehide', flush);
    },
  };
}
