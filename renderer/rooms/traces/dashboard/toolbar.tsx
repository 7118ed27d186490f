import { Table2, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button, Select, Tooltip } from '../../../kit/index.ts';
import { formatStretch } from '../views/stretch.ts';
import type { GroupName } from './names.ts';
import { GROUPINGS, QUANTILES, RANGES, useDashboard } from './state.ts';
import type { Grouping, Quantile } from './state.ts';
import { dashboardText } from './text.ts';

/** Which time, in which groups, as what. */
export const Toolbar = ({ nameOf }: { readonly nameOf: GroupName }): ReactElement => {
  const t = dashboardText.useText();
  const { range, by, quantile, tables, zoom, only, set } = useDashboard();
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2 px-4 pb-3">
      <div role="group" aria-label={t('range')} className="flex flex-wrap rounded-md bg-sunken">
        {RANGES.map((name) => (
          <Button
            key={name}
            look="ghost"
            aria-pressed={zoom === null && range === name}
            className="px-2.5"
            onClick={() => {
              set({ range: name, zoom: null });
            }}
          >
            {t(`range.${name}`)}
          </Button>
        ))}
      </div>
      <Select
        label={t('by')}
        value={by}
        options={GROUPINGS.map((value) => ({ value, label: t(`by.${value}`) }))}
        onChange={(value) => {
          set({ by: value as Grouping });
        }}
      />
      {by === 'none' ? null : (
        <Select
          label={t('quantile')}
          look="quiet"
          value={quantile}
          options={QUANTILES.map((value) => ({ value, label: t(`quantile.${value}`) }))}
          onChange={(value) => {
            set({ quantile: value as Quantile });
          }}
        />
      )}
      {zoom === null ? null : (
        <Chip
          text={formatStretch({ since: zoom.since, until: zoom.until - 1 })}
          label={t('leaveZoom', { time: formatStretch({ since: zoom.since, until: zoom.until - 1 }) })}
          onRemove={() => {
            set({ zoom: null });
          }}
        />
      )}
      {only === null ? null : (
        <Chip
          text={nameOf(only.by, only.name)}
          label={t('leaveOnly', { name: nameOf(only.by, only.name) })}
          onRemove={() => {
            set({ only: null });
          }}
        />
      )}
      <span className="ml-auto">
        <Tooltip text={t('tablesHint')}>
          <Button
            look="ghost"
            icon={Table2}
            aria-pressed={tables}
            onClick={() => {
              set({ tables: !tables });
            }}
          >
            {t('tables')}
          </Button>
        </Tooltip>
      </span>
    </div>
  );
};

const Chip = ({
  text,
  label,
  onRemove,
}: {
  readonly text: string;
  readonly label: string;
  readonly onRemove: () => void;
}): ReactElement => (
  <button
    type="button"
    aria-label={label}
    onClick={onRemove}
    className="tabular inline-flex h-8 max-w-64 items-center gap-1.5 rounded-md bg-raised px-2 text-xs ring-1 ring-line ring-inset hover:bg-hover"
  >
    <span className="truncate">{text}</span>
    <X size={12} aria-hidden className="shrink-0 text-ink-3" />
  </button>
);
