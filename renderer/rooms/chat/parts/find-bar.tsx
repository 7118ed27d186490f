import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useCall } from '../../../link/index.ts';
import { SearchBox } from '../../../kit/index.ts';
import { usePlace } from '../../../state/index.ts';
import { useChatState } from '../state.ts';
import { text as words } from '../text.ts';
import type { Thread } from '../transcript/thread.ts';
import { ToolButton } from './tool-button.tsx';

const LIMIT = 500;

/** Finds words in this conversation and walks from match to match, the newest first. */
export function FindBar({ thread }: { readonly thread: Thread }): ReactNode {
  const t = words.useText();
  const field = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const text = useDeferredValue(query.trim());
  const { data } = useCall('chat.search', text === '' ? null : { text, limit: LIMIT }, { keepPrevious: true });
  const hits = useMemo(
    () =>
      text === ''
        ? []
        : (data?.hits ?? []).filter((hit) => hit.conversationId === thread.conversationId && hit.messageId !== null),
    [data, text, thread],
  );
  useEffect(() => field.current?.focus(), []);
  const first = hits[0]?.messageId;
  useEffect(() => {
    setAt(0);
    if (typeof first === 'string') usePlace.getState().set({ targetMessageId: first });
  }, [first]);
  const walk = (step: number): void => {
    if (hits.length === 0) return;
    const next = (at + step + hits.length) % hits.length;
    setAt(next);
    usePlace.getState().set({ targetMessageId: hits[next]?.messageId ?? null });
  };
  const close = (): void => {
    useChatState.getState().set({ finding: false });
    document.querySelector<HTMLTextAreaElement>('textarea[data-composer]')?.focus();
  };
  const status =
    text === '' ? '' : hits.length === 0 ? t('findNone') : t('findCount', { at: at + 1, count: hits.length });
  return (
    <div
      role="search"
      aria-label={t('findInConversation')}
      className="flex h-11 shrink-0 items-center gap-1 border-b border-line pr-2 pl-4"
    >
      <SearchBox
        inputRef={field}
        value={query}
        onChange={setQuery}
        placeholder={t('findInConversation')}
        className="w-full max-w-sm"
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter') {
            event.preventDefault();
            walk(event.shiftKey ? -1 : 1);
          } else if (event.key === 'Escape') {
            event.preventDefault();
            close();
          }
        }}
      />
      <span role="status" className="tabular px-2 text-xs whitespace-nowrap text-ink-3">
        {status}
      </span>
      <ToolButton icon={ChevronUp} label={t('findPrevious')} disabled={hits.length === 0} onClick={() => walk(-1)} />
      <ToolButton icon={ChevronDown} label={t('findNext')} disabled={hits.length === 0} onClick={() => walk(1)} />
      <span className="flex-1" />
      <ToolButton icon={X} label={t('findClose')} onClick={close} />
    </div>
  );
}
