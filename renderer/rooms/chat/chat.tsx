import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useSettings, useSignal } from '../../link/index.ts';
import { SplitPane } from '../../kit/index.ts';
import { PANEL_PX, SIDEBAR_PX, useLayout, usePlace } from '../../state/index.ts';
import './chat.css';
import { Composer } from './parts/composer.tsx';
import { ConversationSettings } from './parts/conversation-settings.tsx';
import { FindBar } from './parts/find-bar.tsx';
import { Header } from './parts/header.tsx';
import type { SendChoice } from './parts/route-choice.tsx';
import { Sidebar } from './parts/sidebar.tsx';
import { TracePanel } from './parts/trace-panel.tsx';
import { selectConversation, selectTotal, useThread } from './parts/use-thread.ts';
import { Welcome } from './parts/welcome.tsx';
import { useChatState } from './state.ts';
import { text as words } from './text.ts';
import { newThread, threadOf } from './transcript/thread.ts';
import type { Thread } from './transcript/thread.ts';
import { followEnds, stopTurn } from './transcript/turns.ts';
import { useTarget } from './transcript/use-target.ts';

/** The reading side carries all of Markdown: the composer is ready before it, and it is fetched before it is needed. */
const loadTranscript = () => import('./transcript/transcript.tsx').then((room) => ({ default: room.Transcript }));
const Transcript = lazy(loadTranscript);

/** The room where one talks. */
export function Chat(): ReactNode {
  const t = words.useText();
  const layout = useLayout();
  useEffect(followEnds, []);
  useEffect(() => {
    const idle = requestIdleCallback(() => void loadTranscript(), { timeout: 1_000 });
    return () => cancelIdleCallback(idle);
  }, []);
  useOnePaneWhenNarrow();
  const panel = (
    <SplitPane
      name={t('panel')}
      side="end"
      open={layout.panelOpen}
      widthPx={layout.panelPx}
      minPx={PANEL_PX.min}
      maxPx={PANEL_PX.max}
      defaultPx={PANEL_PX.normal}
      onWidth={(panelPx) => layout.set({ panelPx })}
      pane={<TracePanel />}
      className="min-w-0 flex-1"
    >
      <Conversation />
    </SplitPane>
  );
  return (
    <SplitPane
      name={t('sidebar')}
      side="start"
      open={layout.sidebarOpen}
      widthPx={layout.sidebarPx}
      minPx={SIDEBAR_PX.min}
      maxPx={SIDEBAR_PX.max}
      defaultPx={SIDEBAR_PX.normal}
      onWidth={(sidebarPx) => layout.set({ sidebarPx })}
      pane={<Sidebar />}
      className="h-full"
    >
      {panel}
    </SplitPane>
  );
}

const NARROW = '(max-width: 1020px)';

/** In a narrow window sidebar and panel would leave no room to read: opening one closes the other, and so does narrowing it. */
function useOnePaneWhenNarrow(): void {
  const { sidebarOpen, panelOpen, set } = useLayout();
  const before = useRef({ sidebarOpen, panelOpen });
  useEffect(() => {
    const was = before.current;
    before.current = { sidebarOpen, panelOpen };
    if (!sidebarOpen || !panelOpen || !window.matchMedia(NARROW).matches) return;
    set(was.panelOpen && !was.sidebarOpen ? { panelOpen: false } : { sidebarOpen: false });
  }, [sidebarOpen, panelOpen, set]);
  useEffect(() => {
    const narrow = window.matchMedia(NARROW);
    const shrunk = (): void => {
      const now = useLayout.getState();
      if (narrow.matches && now.sidebarOpen && now.panelOpen) now.set({ sidebarOpen: false });
    };
    narrow.addEventListener('change', shrunk);
    return () => narrow.removeEventListener('change', shrunk);
  }, []);
}

/** The thread shown: the conversation one is at, or a new one that is stored with its first message. */
function useShownThread(): Thread {
  const conversationId = usePlace((place) => place.conversationId);
  const [fresh, setFresh] = useState(newThread);
  const thread = useMemo(
    () => (conversationId === null || conversationId === fresh.conversationId ? fresh : threadOf(conversationId)),
    [conversationId, fresh],
  );
  useEffect(() => {
    if (conversationId === null && fresh.stored) setFresh(newThread());
  }, [conversationId, fresh]);
  useEffect(() => {
    if (thread.stored) void thread.open();
  }, [thread]);
  return thread;
}

function Conversation(): ReactNode {
  const thread = useShownThread();
  const settings = useSettings()?.config.chat;
  const [chosen, setChosen] = useState<SendChoice | null>(null);
  const choice = chosen ?? { route: settings?.defaultRoute ?? 'auto', private: settings?.defaultPrivate ?? false };
  const total = useThread(thread, selectTotal);
  const conversation = useThread(thread, selectConversation);
  const { finding, settingsOpen, set } = useChatState();
  const { target, clear } = useTarget(thread);

  useEffect(() => {
    set({ editingId: null, finding: false, settingsOpen: false });
    setChosen(null);
  }, [thread, set]);

  useSignal('topics', ({ topics }) => {
    const mine = topics.includes(`chat:${thread.conversationId}`);
    if (mine && thread.stored && thread.live().length === 0) void thread.refresh(Math.max(0, thread.total() - 1));
  });

  // A conversation that is gone, e.g. deleted in another window, is not worth an error: a new chat is.
  const fault = thread.fault();
  useEffect(() => {
    if (fault?.code === 'not_found' && thread.total() === 0) usePlace.getState().set({ conversationId: null });
  }, [fault, thread]);

  const onKeyDown = useCallback(
    (event: KeyboardEvent): void => {
      const find = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'f';
      if (find && thread.stored) {
        event.preventDefault();
        set({ finding: true });
      } else if (event.key === 'Escape' && !event.defaultPrevented) {
        const [first] = thread.live();
        if (first !== undefined) stopTurn(first.turnId);
      }
    },
    [thread, set],
  );
  const empty = total === 0 && !thread.stored;
  return (
    <div className="flex h-full min-h-0 min-w-0 flex-col bg-surface" onKeyDown={onKeyDown}>
      <Header thread={thread} />
      {finding && <FindBar thread={thread} />}
      {empty ? (
        <Welcome choice={choice} />
      ) : (
        <Suspense fallback={<div className="min-h-0 flex-1" />}>
          <Transcript key={thread.conversationId} thread={thread} target={target} onTargetShown={clear} />
        </Suspense>
      )}
      <Composer key={`composer ${thread.conversationId}`} thread={thread} choice={choice} onChoice={setChosen} />
      {settingsOpen && conversation !== null && (
        <ConversationSettings conversation={conversation} onClose={() => set({ settingsOpen: false })} />
      )}
    </div>
  );
}
