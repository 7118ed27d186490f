import { ListFilter, X } from 'lucide-react';
import type { ReactElement } from 'react';
import {
  FAULT_CODES,
  FAULT_ORIGINS,
  ROUTE_KINDS,
  TRACE_SOURCES,
  TRACE_STATUSES,
} from '../../../../electron/contract/names.ts';
import { Button, DropdownMenu, formatDuration, formatPrice, SearchBox } from '../../../kit/index.ts';
import type { MenuItem } from '../../../kit/index.ts';
import { COSTLY_USD, filterCount, RATINGS, SLOW_MS, TIME_RANGES, viewOf, withFilter } from '../filters.ts';
import type { TimeRange, TraceQuery } from '../filters.ts';
import { tracesText } from '../text.ts';
import { formatStretch } from '../views/stretch.ts';
import { ViewsBar } from '../views/views-bar.tsx';

type Facet = Exclude<keyof TraceQuery, 'text'>;
const FACETS: readonly Facet[] = [
  'status',
  'model',
  'route',
  'source',
  'degraded',
  'fault',
  'origin',
  'rating',
  'time',
  'between',
  'slowerThan',
  'dearerThan',
  'prompt',
  'conversation',
];
const RANGES = Object.keys(TIME_RANGES) as TimeRange[];
/** Lengths one can ask for, in ms. */
const LENGTHS = [1000, SLOW_MS, 30_000] as const;
/** Costs one can ask for, in USD. */
const COSTS = [0.001, COSTLY_USD, 0.1] as const;

export interface FilterBarProps {
  readonly query: TraceQuery;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onQuery: (query: TraceQuery) => void;
  readonly models: readonly { readonly id: string; readonly name: string }[];
}

/** Search, saved views, one menu of filters, and each filter that is set as a button that takes it away. */
export const FilterBar = ({ query, text, onText, onQuery, models }: FilterBarProps): ReactElement => {
  const t = tracesText.useText();
  const view = viewOf(query);
  const count = filterCount(query);
  const named = (id: string): string => models.find((model) => model.id === id)?.name ?? id;

  /** What a facet is set to, in words; null when it is not set. */
  const words: Record<Facet, string | null> = {
    status: query.status === undefined ? null : t(`status.${query.status}`),
    model: query.model === undefined ? null : named(query.model),
    route: query.route === undefined ? null : t(`route.${query.route}`),
    source: query.source === undefined ? null : t(`source.${query.source}`),
    degraded: query.degraded === undefined ? null : query.degraded ? t('yes') : t('no'),
    fault: query.fault === undefined ? null : t(`faultName.${query.fault}`),
    origin: query.origin === undefined ? null : t(`origin.${query.origin}`),
    rating: query.rating === undefined ? null : t(`rating.${query.rating}`),
    time: query.time === undefined ? null : t(`time.${query.time}`),
    between: query.between === undefined ? null : formatStretch(query.between),
    slowerThan: query.slowerThan === undefined ? null : formatDuration(query.slowerThan),
    dearerThan: query.dearerThan === undefined ? null : formatPrice(query.dearerThan),
    prompt: query.prompt === undefined ? null : t('thisVersion'),
    conversation: query.conversation === undefined ? null : t('thisConversation'),
  };

  const choices = <V extends string | number | boolean>(
    facet: Facet,
    values: readonly V[],
    label: (value: V) => string,
  ): MenuItem => ({
    key: facet,
    label: t(`filter.${facet}`),
    items: [
      {
        key: 'any',
        label: t('any'),
        checked: query[facet] === undefined,
        onSelect: () => {
          onQuery(withFilter(query, { [facet]: undefined }));
        },
      },
      ...values.map((value) => ({
        key: String(value),
        label: label(value),
        checked: query[facet] === value,
        onSelect: () => {
          onQuery(withFilter(query, { [facet]: value, ...(facet === 'time' ? { between: undefined } : {}) }));
        },
      })),
    ],
  });

  const items: MenuItem[] = [
    choices('status', TRACE_STATUSES, (value) => t(`status.${value}`)),
    choices(
      'model',
      models.map((model) => model.id),
      named,
    ),
    choices('route', ROUTE_KINDS, (value) => t(`route.${value}`)),
    choices('source', TRACE_SOURCES, (value) => t(`source.${value}`)),
    choices('degraded', [true, false], (value) => (value ? t('yes') : t('no'))),
    choices('fault', FAULT_CODES, (value) => t(`faultName.${value}`)),
    choices('origin', FAULT_ORIGINS, (value) => t(`origin.${value}`)),
    choices('rating', RATINGS, (value) => t(`rating.${value}`)),
    choices('time', RANGES, (value) => t(`time.${value}`)),
    choices('slowerThan', LENGTHS, (value) => formatDuration(value)),
    choices('dearerThan', COSTS, (value) => formatPrice(value)),
  ];
  if (count > 0)
    items.push({
      key: 'clear',
      label: t('clearFilters'),
      separator: true,
      onSelect: () => {
        onQuery(query.text === undefined ? {} : { text: query.text });
      },
    });

  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-3">
      <SearchBox
        value={text}
        onChange={onText}
        placeholder={t('searchHint')}
        className="w-56 min-w-40 flex-1 sm:flex-none"
      />
      <ViewsBar query={query} onQuery={onQuery} />
      <DropdownMenu
        trigger={
          <Button look="ghost" icon={ListFilter}>
            {t('filters')}
          </Button>
        }
        items={items}
      />
      {view !== null
        ? null
        : FACETS.map((facet) => {
            const value = words[facet];
            if (value === null) return null;
            const name = t(`filter.${facet}`);
            return (
              <button
                key={facet}
                type="button"
                aria-label={t('removeFilter', { name: `${name} ${value}` })}
                onClick={() => {
                  onQuery(withFilter(query, { [facet]: undefined }));
                }}
                className="inline-flex h-8 max-w-84 items-center gap-1.5 rounded-md bg-raised px-2 text-xs ring-1 ring-line ring-inset hover:bg-hover"
              >
                <span className="text-ink-3">{name}</span>
                <span className="truncate">{value}</span>
                <X size={12} aria-hidden className="shrink-0 text-ink-3" />
              </button>
            );
          })}
    </div>
  );
};
