import { ThumbsUp } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import type { Feedback as Rating } from '../../../electron/contract/entities/chat.ts';
import { Button, EmptyState, formatNumber, RoomHeader, RoomWaiting, SearchBox, Select } from '../../kit/index.ts';
import { useCall } from '../../link/index.ts';
import { useVersionNames } from '../../link/version-names.ts';
import type { VersionName } from '../../link/version-names.ts';
import { usePlace } from '../../state/index.ts';
import { RatingList } from './parts/rating-list.tsx';
import { ShareTable } from './parts/share-table.tsx';
import { sharesOf } from './shares.ts';
import { isNarrowed, NO_QUERY, useFeedbackRoom } from './state.ts';
import { feedbackText } from './text.ts';

/** `Select` knows no empty value. */
const ANY = 'any';
const PAGE = 100;
const MOST = 500;
const TYPING_MS = 120;
const TOPICS = ['feedback'] as const;

/** Ratings people gave, and what they say about models and prompts. */
export const Feedback = (): ReactElement => {
  const t = feedbackText.useText();
  const { query, set } = useFeedbackRoom();
  const text = useSettled(query.text);
  const [limit, setLimit] = useState(PAGE);
  const { data, fault, refetch } = useCall(
    'feedback.list',
    {
      ...(query.rating === undefined ? {} : { rating: query.rating }),
      ...(query.modelId === undefined ? {} : { modelId: query.modelId }),
      ...(query.promptVersionId === undefined ? {} : { promptVersionId: query.promptVersionId }),
      ...(text === '' ? {} : { text: text.slice(0, 500) }),
      limit,
    },
    { topics: TOPICS, keepPrevious: true },
  );
  const everything = useCall('feedback.list', { limit: MOST }, { topics: TOPICS }).data;
  const names = useVersionNames(everything?.items.some((item) => item.promptVersionId !== null) === true);
  const versionName = (id: string | null): string => {
    if (id === null) return t('noPrompt');
    const version = names.get(id);
    return version === undefined ? t('promptPinned') : t('version', { name: version.name, number: version.number });
  };
  const items = data?.items;
  const shares = useMemo(() => (items === undefined ? [] : sharesOf(items)), [items]);
  const narrowed = isNarrowed(query);

  if (data === undefined || items === undefined)
    return (
      <RoomWaiting
        title={t('title')}
        problem={fault === null ? null : t('listFailed', { detail: fault.detail })}
        onRetry={refetch}
      />
    );
  if (items.length === 0 && !narrowed)
    return (
      <div className="flex min-h-0 flex-1 flex-col">
        <RoomHeader title={t('title')} />
        <EmptyState
          icon={ThumbsUp}
          text={t('empty')}
          action={
            <Button
              look="primary"
              onClick={() => {
                usePlace.getState().go('chat');
              }}
            >
              {t('emptyAction')}
            </Button>
          }
          className="flex-1"
        />
      </div>
    );

  const total = data.upCount + data.downCount;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <RoomHeader
        title={t('title')}
        note={`${t('count', { count: total, value: formatNumber(total) })}: ${t('counts', {
          up: formatNumber(data.upCount),
          down: formatNumber(data.downCount),
        })}`}
      />
      <Filters all={everything?.items ?? items} names={names} />
      <div
        className="scroll-y flex min-h-0 flex-1 flex-col gap-4 pb-6"
        tabIndex={0}
        role="region"
        aria-label={t('title')}
      >
        {items.length === 0 ? (
          <EmptyState
            icon={ThumbsUp}
            text={t('noneFound')}
            action={
              <Button
                onClick={() => {
                  set(NO_QUERY);
                }}
              >
                {t('clearFilters')}
              </Button>
            }
            className="flex-1"
          />
        ) : (
          <>
            <div className="px-4">
              <ShareTable shares={shares} total={items.length} versionName={versionName} />
            </div>
            <RatingList items={items} versionName={versionName} />
            {items.length >= limit && limit < MOST && total > items.length ? (
              <Button
                className="mx-auto"
                onClick={() => {
                  setLimit(Math.min(MOST, limit + PAGE));
                }}
              >
                {t('showMore')}
              </Button>
            ) : total > items.length ? (
              <p className="text-center text-xs text-ink-3">
                {t('truncated', { count: formatNumber(items.length), total: formatNumber(total) })}
              </p>
            ) : null}
          </>
        )}
      </div>
    </div>
  );
};

/** Search and three filters; models and versions are those that were ever rated. */
const Filters = ({
  all,
  names,
}: {
  readonly all: readonly Rating[];
  readonly names: ReadonlyMap<string, VersionName>;
}): ReactElement => {
  const t = feedbackText.useText();
  const { query, set } = useFeedbackRoom();
  const models = new Map<string, string>();
  const versions = new Set<string>();
  for (const item of all) {
    if (item.modelId !== null) models.set(item.modelId, item.modelName ?? item.modelId);
    if (item.promptVersionId !== null) versions.add(item.promptVersionId);
  }
  const any = (label: string) => ({ value: ANY, label: t('anyOf', { name: label }) });
  const picked = (value: string): string | undefined => (value === ANY ? undefined : value);
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-3">
      <SearchBox
        value={query.text}
        onChange={(typed) => {
          set({ text: typed });
        }}
        placeholder={t('searchHint')}
        className="w-64 min-w-40"
      />
      <Select
        label={t('filter.rating')}
        value={query.rating ?? ANY}
        onChange={(value) => {
          set({ rating: value === 'up' || value === 'down' ? value : undefined });
        }}
        options={[
          any(t('filter.rating')),
          { value: 'up', label: t('rating.up') },
          { value: 'down', label: t('rating.down') },
        ]}
      />
      <Select
        label={t('filter.model')}
        value={query.modelId ?? ANY}
        onChange={(value) => {
          set({ modelId: picked(value) });
        }}
        options={[any(t('filter.model')), ...[...models].map(([value, label]) => ({ value, label }))]}
        className="max-w-56"
      />
      {versions.size === 0 ? null : (
        <Select
          label={t('filter.prompt')}
          value={query.promptVersionId ?? ANY}
          onChange={(value) => {
            set({ promptVersionId: picked(value) });
          }}
          options={[
            any(t('filter.prompt')),
            ...[...versions].map((value) => {
              const version = names.get(value);
              return {
                value,
                label:
                  version === undefined
                    ? t('promptPinned')
                    : t('version', { name: version.name, number: version.number }),
              };
            }),
          ]}
          className="max-w-56"
        />
      )}
      {isNarrowed(query) ? (
        <Button
          look="ghost"
          onClick={() => {
            set(NO_QUERY);
          }}
        >
          {t('clearFilters')}
        </Button>
      ) : null}
    </div>
  );
};

/** The value once typing has paused. */
const useSettled = (value: string): string => {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [value]);
  return settled;
};
