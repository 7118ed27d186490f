import { Lock } from 'lucide-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useId, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import type { Conversation } from '../../../../electron/contract/entities/chat.ts';
import { cx } from '../../../kit/index.ts';
import { usePlace } from '../../../state/index.ts';
import { text as words } from '../text.ts';
import type { SidebarRow } from './sidebar-rows.ts';

interface ConversationListProps {
  readonly rows: readonly SidebarRow[];
  readonly selectedId: string | null;
  /** The row a context menu was asked for. */
  readonly onMenu: (conversation: Conversation | null) => void;
  /** F2 or Delete was pressed on it. */
  readonly onAct: (conversation: Conversation, what: 'rename' | 'delete') => void;
}

const ROW_PX = 34;
const HEADING_PX = 32;

/** All conversations as one listbox; only what is on screen exists. Arrows move, Enter opens, F2 renames, Delete deletes. */
export function ConversationList({ rows, selectedId, onMenu, onAct }: ConversationListProps): ReactNode {
  const t = words.useText();
  const id = useId();
  const view = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => view.current,
    estimateSize: (index) => (rows[index]?.kind === 'heading' ? HEADING_PX : ROW_PX),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
  });
  const activeId = active ?? selectedId;
  const at = rows.findIndex((row) => row.kind === 'conversation' && row.key === activeId);

  const move = (from: number, step: number): void => {
    for (let next = from; next >= 0 && next < rows.length; next += step) {
      const row = rows[next];
      if (row?.kind !== 'conversation') continue;
      setActive(row.key);
      virtual.scrollToIndex(next, { align: 'auto' });
      return;
    }
  };

  const open = (conversationId: string): void => usePlace.getState().openConversation(conversationId);

  const act = (what: 'rename' | 'delete'): void => {
    const row = rows[at];
    if (row?.kind === 'conversation') onAct(row.conversation, what);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const page = 10;
    const moves: Record<string, () => void> = {
      ArrowDown: () => move(at + 1, 1),
      ArrowUp: () => move(at < 0 ? rows.length - 1 : at - 1, -1),
      Home: () => move(0, 1),
      End: () => move(rows.length - 1, -1),
      PageDown: () => move(Math.min(rows.length - 1, at + page), -1),
      PageUp: () => move(Math.max(0, at - page), 1),
      Enter: () => activeId !== null && open(activeId),
      ' ': () => activeId !== null && open(activeId),
      F2: () => act('rename'),
      Delete: () => act('delete'),
    };
    const run = moves[event.key];
    if (run === undefined) return;
    event.preventDefault();
    run();
  };

  const target = (element: EventTarget): Conversation | null => {
    const key = element instanceof Element ? element.closest<HTMLElement>('[data-key]')?.dataset['key'] : undefined;
    const row = rows.find((each) => each.key === (key ?? activeId));
    return row?.kind === 'conversation' ? row.conversation : null;
  };

  return (
    <div
      ref={view}
      role="listbox"
      aria-label={t('conversations')}
      tabIndex={0}
      aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
      className="scroll-y min-h-0 flex-1 px-2 pb-2"
      onKeyDown={onKeyDown}
      onContextMenuCapture={(event) => {
        const conversation = target(event.target);
        onMenu(conversation);
        if (conversation === null) event.stopPropagation();
      }}
    >
      <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const place = { height: item.size, transform: `translateY(${item.start}px)` };
          if (row.kind === 'heading') {
            return (
              <div
                key={item.key}
                role="presentation"
                style={place}
                className="absolute inset-x-0 flex items-end px-2 pb-1 text-xs font-medium text-ink-3"
              >
                <span className="truncate">{row.label === null ? row.name : t(row.label)}</span>
              </div>
            );
          }
          const { conversation } = row;
          const selected = row.key === selectedId;
          return (
            <div
              key={item.key}
              id={`${id}-${item.index}`}
              role="option"
              aria-selected={selected}
              data-key={row.key}
              style={place}
              onClick={() => {
                setActive(row.key);
                open(row.key);
              }}
              className={cx(
                'chat-option absolute inset-x-0 flex items-center gap-1.5 rounded-md px-2 text-sm',
                selected ? 'bg-selected font-medium text-ink' : 'text-ink-2 hover:bg-hover',
                row.key === activeId && 'chat-option-active',
              )}
            >
              <span className="min-w-0 flex-1 truncate">
                {conversation.title === '' ? t('untitled') : conversation.title}
              </span>
              {conversation.private && <Lock size={13} aria-label={t('privateMark')} className="shrink-0 text-ink-3" />}
            </div>
          );
        })}
      </div>
    </div>
  );
}
