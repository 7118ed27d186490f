import { Plus, ScrollText } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ReactElement } from 'react';
import {
  Button,
  EmptyState,
  formatNumber,
  Listbox,
  RoomHeader,
  RoomWaiting,
  SearchBox,
  SplitPane,
  Time,
} from '../../kit/index.ts';
import { useWidth } from '../../kit/use-width.ts';
import { useCall } from '../../link/index.ts';
import { usePlace } from '../../state/index.ts';
import { CreateDialog } from './parts/create-dialog.tsx';
import { LabelChip } from './parts/label-chip.tsx';
import { PromptDetail } from './parts/prompt-detail.tsx';
import { LIST_PX, usePromptsRoom } from './state.ts';
import { promptsText } from './text.ts';

/** Narrower than this the list and the prompt take turns. */
const SIDE_BY_SIDE_PX = 760;

/** System prompts and every version of them. */
export const Prompts = (): ReactElement => {
  const t = promptsText.useText();
  const { data, fault, refetch } = useCall('prompt.list', {}, { topics: ['prompts'] });
  const promptId = usePlace((place) => place.promptId);
  const setPlace = usePlace((place) => place.set);
  const { search, listPx, set } = usePromptsRoom();
  const [creating, setCreating] = useState(false);
  const [marked, setMarked] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const [room, widthPx] = useWidth();
  const alone = widthPx < SIDE_BY_SIDE_PX;
  const prompts = [...(data?.prompts ?? [])].sort((a, b) => b.updatedAt - a.updatedAt);
  const wanted = search.trim().toLocaleLowerCase();
  const found = prompts.filter((prompt) => prompt.name.toLocaleLowerCase().includes(wanted));
  const shown = prompts.find((prompt) => prompt.id === promptId) ?? (alone ? undefined : (found[0] ?? prompts[0]));
  const show = (id: string | null): void => {
    setPlace({ promptId: id });
  };
  const dialog = (
    <CreateDialog
      open={creating}
      onOpenChange={setCreating}
      onCreated={(prompt) => {
        setCreating(false);
        set({ search: '' });
        show(prompt.id);
      }}
    />
  );
  const create = (
    <Button
      look={prompts.length === 0 ? 'primary' : 'secondary'}
      icon={Plus}
      onClick={() => {
        setCreating(true);
      }}
    >
      {t('create')}
    </Button>
  );
  if (data === undefined || prompts.length === 0)
    return (
      <div ref={room} className="flex min-h-0 flex-1 flex-col">
        {data === undefined ? (
          <RoomWaiting
            title={t('title')}
            problem={fault === null ? null : t('listFailed', { detail: fault.detail })}
            onRetry={refetch}
          />
        ) : (
          <>
            <RoomHeader title={t('title')} />
            <EmptyState icon={ScrollText} text={t('empty')} action={create} className="flex-1" />
          </>
        )}
        {dialog}
      </div>
    );

  const listSide = (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <RoomHeader title={t('title')} note={t('count', { count: found.length, value: formatNumber(found.length) })} />
      <div className="flex gap-2 px-4 pb-2">
        <SearchBox
          value={search}
          onChange={(text) => {
            set({ search: text });
          }}
          placeholder={t('searchHint')}
          className="min-w-0 flex-1"
        />
      </div>
      {found.length === 0 ? (
        <EmptyState
          text={t('noneFound')}
          action={
            <Button
              onClick={() => {
                set({ search: '' });
              }}
            >
              {t('clearSearch')}
            </Button>
          }
        />
      ) : (
        <div
          ref={list}
          className="flex min-h-0 flex-1 flex-col"
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !alone || marked === null) return;
            // Else the same key press would land on the button that takes the focus next.
            event.preventDefault();
            show(marked);
          }}
          onClick={(event) => {
            const option = event.target instanceof Element ? event.target.closest('[role="option"]') : null;
            const at = option === null ? -1 : [...(option.parentElement?.children ?? [])].indexOf(option);
            const prompt = found[at];
            if (prompt !== undefined) show(prompt.id);
          }}
        >
          <Listbox
            label={t('list')}
            items={found}
            itemKey={(prompt) => prompt.id}
            selectedKey={shown?.id ?? marked}
            onSelect={(prompt) => {
              // Alone, an arrow key only marks: Enter or a click opens, else one could never pass the first.
              setMarked(prompt.id);
              if (!alone) show(prompt.id);
            }}
            className="min-h-0 flex-1 px-2 [&>*]:shrink-0"
            render={(prompt) => (
              <div className="flex flex-col gap-0.5 py-0.5">
                <span className="truncate font-medium text-ink">{prompt.name}</span>
                <span className="tabular flex flex-wrap items-center gap-x-2 gap-y-0.5 text-xs text-ink-3">
                  <span>{t('versionCount', { count: prompt.versionCount })}</span>
                  <Time at={prompt.updatedAt} />
                  {Object.keys(prompt.labels).map((label) => (
                    <LabelChip key={label} label={label} />
                  ))}
                </span>
              </div>
            )}
          />
        </div>
      )}
      <div className="flex border-t border-line p-3">{create}</div>
    </div>
  );
  const detail =
    shown === undefined ? null : (
      <PromptDetail
        key={shown.id}
        prompt={shown}
        onBack={
          alone
            ? () => {
                setMarked(shown.id);
                show(null);
                requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('[role="listbox"]')?.focus());
              }
            : null
        }
      />
    );
  return (
    <div ref={room} className="flex min-h-0 min-w-0 flex-1 bg-surface">
      {alone ? (
        (detail ?? listSide)
      ) : (
        <SplitPane
          name={t('list')}
          side="start"
          open
          widthPx={listPx}
          minPx={LIST_PX.min}
          maxPx={LIST_PX.max}
          defaultPx={LIST_PX.normal}
          onWidth={(px) => {
            set({ listPx: px });
          }}
          pane={listSide}
        >
          {detail}
        </SplitPane>
      )}
      {dialog}
    </div>
  );
};
