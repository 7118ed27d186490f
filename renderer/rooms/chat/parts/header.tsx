import { Ellipsis, Lock, PanelRight, Search, Settings2, SquarePen } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useCall } from '../../../link/index.ts';
import { DropdownMenu, IconButton, Kbd, NameDialog } from '../../../kit/index.ts';
import { useLayout, usePlace } from '../../../state/index.ts';
import { useChatState } from '../state.ts';
import { text as words } from '../text.ts';
import type { Thread } from '../transcript/thread.ts';
import { updateConversation } from './conversation-actions.ts';
import { conversationMenu } from './conversation-menu.ts';
import type { NameRequest } from './conversation-menu.ts';
import { selectConversation, useThread } from './use-thread.ts';

const CHATS = ['chats'] as const;

/** Title of the conversation, changed where it stands, and what one can do with it. */
export function Header({ thread }: { readonly thread: Thread }): ReactNode {
  const t = words.useText();
  const conversation = useThread(thread, selectConversation);
  const { data } = useCall('chat.list', {}, { topics: CHATS });
  const sidebarOpen = useLayout((layout) => layout.sidebarOpen);
  const panelOpen = useLayout((layout) => layout.panelOpen);
  const folders = data?.folders ?? [];
  const folder = folders.find((each) => each.id === conversation?.folderId);
  const [request, setRequest] = useState<NameRequest | null>(null);
  const { set } = useChatState.getState();
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line pr-2 pl-4">
      {conversation === null ? (
        <h1 className="min-w-0 flex-1 truncate text-sm text-ink-3">{t('untitled')}</h1>
      ) : (
        <div className="flex min-w-0 flex-1 items-center gap-2">
          {conversation.private && <Lock size={14} aria-label={t('privateMark')} className="shrink-0 text-ink-3" />}
          <Title
            key={`${conversation.id} ${conversation.title}`}
            title={conversation.title === '' ? t('untitled') : conversation.title}
            onTitle={(title) => void updateConversation(conversation, { title })}
          />
          {folder !== undefined && <span className="shrink-0 truncate text-xs text-ink-3">{folder.name}</span>}
        </div>
      )}
      {!sidebarOpen && (
        <IconButton icon={SquarePen} label={t('newChat')} onClick={() => usePlace.getState().newChat()} />
      )}
      {conversation !== null && (
        <>
          <IconButton
            icon={Search}
            label={t('findInConversation')}
            keys={<Kbd keys={['Mod', 'F']} />}
            onClick={() => set({ finding: true })}
          />
          <IconButton icon={Settings2} label={t('conversationSettings')} onClick={() => set({ settingsOpen: true })} />
          <DropdownMenu
            align="end"
            trigger={<IconButton icon={Ellipsis} label={t('moreActions')} />}
            items={conversationMenu(conversation, folders, setRequest)}
          />
        </>
      )}
      <IconButton
        icon={PanelRight}
        label={t('showPanel')}
        aria-pressed={panelOpen}
        onClick={() => useLayout.getState().togglePanel()}
      />
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
    </header>
  );
}

interface TitleProps {
  readonly title: string;
  readonly onTitle: (title: string) => void;
}

function Title({ title, onTitle }: TitleProps): ReactNode {
  const t = words.useText();
  const [editing, setEditing] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (editing) field.current?.select();
  }, [editing]);
  if (!editing) {
    return (
      <h1 className="-ml-2 min-w-0 text-sm font-semibold text-ink">
        <button
          type="button"
          title={t('rename')}
          onClick={() => setEditing(true)}
          className="block h-8 max-w-full truncate rounded-md px-2 hover:bg-hover"
        >
          {title}
        </button>
      </h1>
    );
  }
  const save = (): void => {
    const next = field.current?.value.trim() ?? '';
    setEditing(false);
    if (next !== '' && next !== title) onTitle(next);
  };
  return (
    <input
      ref={field}
      aria-label={t('conversationTitle')}
      defaultValue={title}
      maxLength={200}
      autoFocus
      onBlur={save}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') save();
        else if (event.key === 'Escape') {
          event.preventDefault();
          setEditing(false);
        }
      }}
      className="-ml-2 h-8 w-full max-w-md rounded-md bg-raised px-2 text-sm font-semibold text-ink ring-1 ring-line-strong ring-inset"
    />
  );
}
