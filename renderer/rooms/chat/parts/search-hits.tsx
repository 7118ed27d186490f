import { useState } from 'react';
import type { ReactNode } from 'react';
import { useCall } from '../../../link/index.ts';
import { ErrorState, formatWhen, Listbox, Skeleton } from '../../../kit/index.ts';
import { usePlace } from '../../../state/index.ts';
import { text as words } from '../text.ts';

const CHATS = ['chats'] as const;
const LIMIT = 60;

/** Text with what was found marked; the core puts U+0002 and U+0003 around it. */
export function Snippet({ text }: { readonly text: string }): ReactNode {
  return text.split('\u0002').map((piece, at) => {
    const [marked = '', rest = ''] = at === 0 ? ['', piece] : piece.split('\u0003');
    return (
      <span key={at}>
        {at > 0 && <mark className="rounded-xs bg-degraded-soft text-ink">{marked}</mark>}
        {rest}
      </span>
    );
  });
}

/** Conversations and messages that hold the words. */
export function SearchHits({ text }: { readonly text: string }): ReactNode {
  const t = words.useText();
  const { data, fault } = useCall('chat.search', { text, limit: LIMIT }, { topics: CHATS, keepPrevious: true });
  const [selected, setSelected] = useState<string | null>(null);
  if (fault !== null && data === undefined) return <ErrorState text={fault.detail} />;
  if (data === undefined) return <Skeleton lines={4} className="p-4" />;
  if (data.hits.length === 0) return <p className="px-4 py-3 text-sm text-ink-3">{t('noHits')}</p>;
  return (
    <>
      <p role="status" className="px-4 pb-1 text-xs text-ink-3">
        {t('hitCount', { count: data.hits.length })}
      </p>
      <Listbox
        label={t('hits')}
        items={data.hits}
        itemKey={(hit) => `${hit.conversationId} ${hit.messageId ?? ''}`}
        selectedKey={selected}
        onSelect={(hit) => {
          setSelected(`${hit.conversationId} ${hit.messageId ?? ''}`);
          usePlace.getState().openConversation(hit.conversationId, hit.messageId);
        }}
        className="min-h-0 flex-1 [&>*]:shrink-0"
        render={(hit) => (
          <span className="block">
            <span className="flex items-baseline gap-2">
              <span className="min-w-0 flex-1 truncate text-ink">{hit.title === '' ? t('untitled') : hit.title}</span>
              <span className="shrink-0 text-2xs text-ink-3">{formatWhen(hit.createdAt, Date.now())}</span>
            </span>
            <span className="line-clamp-2 text-xs break-words text-ink-3">
              <Snippet text={hit.snippet} />
            </span>
          </span>
        )}
      />
    </>
  );
}
