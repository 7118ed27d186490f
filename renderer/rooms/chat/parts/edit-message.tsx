import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { Message } from '../../../../electron/contract/entities/chat.ts';
import { Button } from '../../../kit/index.ts';
import { useChatState } from '../state.ts';
import { text as words } from '../text.ts';
import type { Thread } from '../transcript/thread.ts';
import { editMessage, refusal } from '../transcript/turns.ts';

/** A user message being changed where it stands. Sending makes a branch; the old one stays. */
export function EditMessage({ thread, message }: { readonly thread: Thread; readonly message: Message }): ReactNode {
  const t = words.useText();
  const area = useRef<HTMLTextAreaElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(message.text.length, message.text.length);
  }, [message]);
  const close = (): void => {
    useChatState.getState().set({ editingId: null });
    document.querySelector<HTMLTextAreaElement>('textarea[data-composer]')?.focus();
  };
  const send = async (): Promise<void> => {
    const text = area.current?.value ?? '';
    const refused = refusal(text);
    setProblem(refused);
    if (refused !== null) return;
    setBusy(true);
    if (await editMessage(thread, message, text)) close();
    else setBusy(false);
  };
  return (
    <div className="rounded-lg bg-raised p-2 ring-1 ring-line-strong ring-inset focus-within:ring-2 focus-within:ring-focus">
      <textarea
        ref={area}
        aria-label={t('editLabel')}
        defaultValue={message.text}
        rows={Math.min(12, Math.max(2, message.text.split('\n').length))}
        className="block max-h-80 w-full resize-none bg-transparent px-1.5 py-1 text-base outline-none"
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Escape') {
            event.stopPropagation();
            close();
          } else if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            void send();
          }
        }}
      />
      {problem !== null && (
        <p role="alert" className="px-1.5 pb-1 text-sm text-failed-ink">
          {problem}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button look="ghost" onClick={close}>
          {t('cancel')}
        </Button>
        <Button look="primary" busy={busy} onClick={() => void send()}>
          {t('editSend')}
        </Button>
      </div>
    </div>
  );
}
