import { SquarePen } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { Conversation } from '../../../../electron/contract/entities/chat.ts';
import { useCall } from '../../../link/index.ts';
import { Button, ContextMenu, ErrorState, NameDialog, SearchBox, Skeleton } from '../../../kit/index.ts';
import { usePlace } from '../../../state/index.ts';
import { text as words } from '../text.ts';
import { ConversationList } from './conversation-list.tsx';
import { conversationMenu } from './conversation-menu.ts';
import type { NameRequest } from './conversation-menu.ts';
import { SearchHits } from './search-hits.tsx';
import { sidebarRows } from './sidebar-rows.ts';

const CHATS = ['chats'] as const;
const A_MINUTE_MS = 60_000;

/** Search, and every conversation there is. */
export function Sidebar(): ReactNode {
  const t = words.useText();
  const { data, fault, loading, refetch } = useCall('chat.list', {}, { topics: CHATS });
  const selectedId = usePlace((place) => place.conversationId);
  const [query, setQuery] = useState('');
  const [target, setTarget] = useState<Conversation | null>(null);
  const [request, setRequest] = useState<NameRequest | null>(null);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), A_MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  const rows = useMemo(() => sidebarRows(data?.conversations ?? [], data?.folders ?? [], now), [data, now]);
  const searched = useDeferredValue(query.trim());
  const menuOf = (conversation: Conversation) => conversationMenu(conversation, data?.folders ?? [], setRequest);
  const menu = target === null ? [] : menuOf(target);
  return (
    <div className="flex h-full min-h-0 flex-col bg-app">
      <div className="flex flex-col gap-2 p-2">
        <Button icon={SquarePen} className="w-full justify-start" onClick={() => usePlace.getState().newChat()}>
          {t('newChat')}
        </Button>
        <SearchBox value={query} onChange={setQuery} />
      </div>
      {query.trim() !== '' ? (
        <SearchHits text={searched === '' ? query.trim() : searched} />
      ) : fault !== null && data === undefined ? (
        <ErrorState text={fault.detail} onRetry={refetch} />
      ) : loading ? (
        <Skeleton lines={6} className="p-4" />
      ) : rows.length === 0 ? (
        <p className="px-4 py-3 text-sm text-ink-3">{t('noConversations')}</p>
      ) : (
        <ContextMenu items={menu}>
          <div className="flex min-h-0 flex-1 flex-col">
            <ConversationList
              rows={rows}
              selectedId={selectedId}
              onMenu={setTarget}
              onAct={(conversation, what) =>
                menuOf(conversation)
                  .find(({ key }) => key === what)
                  ?.onSelect?.()
              }
            />
          </div>
        </ContextMenu>
      )}
      {request !== null && (
        <NameDialog
          {...request}
          onDone={(name) => {
            setRequest(null);
            request.onDone(name);
          }}
          onClose={() => setRequest(null)}
        />
      )}
    </div>
  );
}
