import { Command } from 'cmdk';
import { MessageSquare, Monitor, Moon, PanelLeft, SquarePen, Sun, Wrench } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useDeferredValue, useLayoutEffect, useState } from 'react';
import { Kbd, Time, toast } from '../kit/index.ts';
import { call, faultOf, useCall, useSettings } from '../link/index.ts';
import { useLayout, usePlace } from '../state/index.ts';
import { paletteKeys } from './early-keys.ts';
import { rooms } from './rooms.ts';
import { appText } from './text.ts';

interface PaletteAction {
  readonly key: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly keys?: readonly string[];
  readonly run: () => void;
}

const RECENT = 6;
const HITS = 20;
const LINE =
  'flex min-h-9 items-center gap-3 rounded-md px-3 py-1.5 text-sm text-ink select-none data-[selected=true]:bg-selected';
const GROUP =
  '[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-3';

/** The match stands between U+0002 and U+0003. */
function Snippet({ text }: { readonly text: string }) {
  return text.split('\u0002').map((part, index) => {
    const [hit, rest] = index === 0 ? ['', part] : part.split('\u0003');
    return (
      <span key={index}>
        {hit !== '' && <mark className="rounded-sm bg-degraded-soft px-0.5 text-degraded-ink">{hit}</mark>}
        {rest}
      </span>
    );
  });
}

function useActions(): readonly PaletteAction[] {
  const t = appText.useText();
  const { newChat, go } = usePlace.getState();
  const config = useSettings()?.config;
  const save = (appearance: Partial<NonNullable<typeof config>['appearance']>) => (): void => {
    if (!config) return;
    call('settings.save', { config: { ...config, appearance: { ...config.appearance, ...appearance } } }).catch(
      (error: unknown) => toast({ level: 'error', text: t('settingsFailed', { detail: faultOf(error).detail }) }),
    );
  };
  const developer = config?.appearance.developerDetail === true;
  return [
    { key: 'new', label: t('newChat'), icon: SquarePen, keys: ['Mod', 'N'], run: newChat },
    ...rooms.map((door) => ({
      key: door.navKey,
      label: t(door.navKey),
      icon: door.icon,
      ...(door.navKey === 'settings' ? { keys: ['Mod', ','] } : {}),
      run: () => go(door.navKey),
    })),
    {
      key: 'sidebar',
      label: t('toggleSidebar'),
      icon: PanelLeft,
      keys: ['Mod', 'B'],
      run: useLayout.getState().toggleSidebar,
    },
    { key: 'light', label: t('themeLight'), icon: Sun, run: save({ theme: 'light' }) },
    { key: 'dark', label: t('themeDark'), icon: Moon, run: save({ theme: 'dark' }) },
    { key: 'system', label: t('themeSystem'), icon: Monitor, run: save({ theme: 'system' }) },
    {
      key: 'developer',
      label: t(developer ? 'developerOff' : 'developerOn'),
      icon: Wrench,
      run: save({ developerDetail: !developer }),
    },
  ];
}

/** Search in conversations, and every command by name. */
export function Palette() {
  const t = appText.useText();
  const [text, setText] = useState('');
  const [ready, setReady] = useState(false);
  // Keys are held until the field shows what was held: one that reached it before would replace the rest.
  useLayoutEffect(() => {
    const early = ready ? paletteKeys.held() : null;
    if (early === null) return;
    if (early === text) paletteKeys.take();
    else setText(early);
  }, [ready, text]);
  const wanted = useDeferredValue(text.trim());
  const setPlace = usePlace((place) => place.set);
  const openConversation = usePlace((place) => place.openConversation);
  const actions = useActions().filter((action) => action.label.toLowerCase().includes(text.trim().toLowerCase()));
  const recent = useCall('chat.list', wanted === '' ? {} : null, { topics: ['chats'] }).data;
  const found = useCall('chat.search', wanted === '' ? null : { text: wanted, limit: HITS }, { keepPrevious: true });
  const close = (): void => setPlace({ paletteOpen: false });
  const pick = (run: () => void) => (): void => {
    close();
    run();
  };
  const [marked, setMarked] = useState('');
  const conversations = [...(recent?.conversations ?? [])].sort((a, b) => b.updatedAt - a.updatedAt).slice(0, RECENT);
  const hits = wanted === '' ? [] : (found.data?.hits ?? []);
  // Answers come later than keys: the mark goes to the first line whenever its own is gone.
  const lines = [
    ...(wanted === '' ? conversations.map(({ id }) => `recent ${id}`) : []),
    ...hits.map((hit) => `hit ${hit.conversationId} ${hit.messageId ?? ''}`),
    ...actions.map(({ key }) => `do ${key}`),
  ];
  const value = lines.includes(marked) ? marked : (lines[0] ?? '');
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={() => setReady(true)}
          className="fixed top-[12vh] left-1/2 z-40 w-[min(40rem,calc(100vw-2rem))] -translate-x-1/2 animate-appear overflow-hidden rounded-lg bg-raised shadow-pop"
        >
          <Dialog.Title className="sr-only">{t('paletteTitle')}</Dialog.Title>
          <Command shouldFilter={false} label={t('paletteTitle')} loop value={value} onValueChange={setMarked}>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder={t('palettePlaceholder')}
              className="h-12 w-full border-b border-line bg-transparent px-4 text-base text-ink outline-none placeholder:text-ink-3"
            />
            <Command.List className="scroll-y max-h-[min(26rem,60vh)] p-1.5 pb-2">
              <Command.Empty className="px-3 py-8 text-center text-sm text-ink-2">{t('paletteNothing')}</Command.Empty>
              {wanted === '' && conversations.length > 0 && (
                <Command.Group heading={t('paletteRecent')} className={GROUP}>
                  {conversations.map((conversation) => (
                    <Command.Item
                      key={conversation.id}
                      value={`recent ${conversation.id}`}
                      className={LINE}
                      onSelect={pick(() => openConversation(conversation.id))}
                    >
                      <MessageSquare size={16} aria-hidden className="shrink-0 text-ink-3" />
                      <span className="min-w-0 flex-1 truncate">{conversation.title}</span>
                      <Time at={conversation.updatedAt} className="text-xs text-ink-3" />
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
              {hits.length > 0 && (
                <Command.Group heading={t('paletteHits')} className={GROUP}>
                  {hits.map((hit) => (
                    <Command.Item
                      key={`${hit.conversationId} ${hit.messageId ?? ''}`}
                      value={`hit ${hit.conversationId} ${hit.messageId ?? ''}`}
                      className={LINE}
                      onSelect={pick(() => openConversation(hit.conversationId, hit.messageId))}
                    >
                      <MessageSquare size={16} aria-hidden className="shrink-0 text-ink-3" />
                      <span className="min-w-0 flex-1">
                        <span className="block truncate">{hit.title}</span>
                        {hit.messageId !== null && (
                          <span className="block truncate text-xs text-ink-2">
                            <Snippet text={hit.snippet} />
                          </span>
                        )}
                      </span>
                      <Time at={hit.createdAt} className="text-xs text-ink-3" />
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
              {actions.length > 0 && (
                <Command.Group heading={t('paletteActions')} className={GROUP}>
                  {actions.map((action) => (
                    <Command.Item
                      key={action.key}
                      value={`do ${action.key}`}
                      className={LINE}
                      onSelect={pick(action.run)}
                    >
                      <action.icon size={16} aria-hidden className="shrink-0 text-ink-3" />
                      <span className="min-w-0 flex-1 truncate">{action.label}</span>
                      {action.keys && <Kbd keys={action.keys} />}
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
