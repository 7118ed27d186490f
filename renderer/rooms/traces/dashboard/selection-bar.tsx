import { ListTree, X, ZoomIn } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button, formatNumber, IconButton } from '../../../kit/index.ts';
import type { TraceQuery } from '../filters.ts';
import { formatStretch } from '../views/stretch.ts';
import type { ChartKey } from './figures.ts';
import type { Stretch } from './state.ts';
import { dashboardText } from './text.ts';

/** The part of the traces a chart is about, where it is about a part. */
const NARROW: Partial<
  Record<ChartKey, { readonly key: 'only.degraded' | 'only.failed' | 'only.cached'; readonly query: TraceQuery }>
> = {
  degraded: { key: 'only.degraded', query: { degraded: true } },
  faults: { key: 'only.failed', query: { status: 'failed' } },
  cache: { key: 'only.cached', query: { route: 'cached' } },
};

export interface SelectionBarProps {
  readonly stretch: Stretch;
  readonly chart: ChartKey;
  readonly requests: number;
  readonly failed: number;
  /** Absent = it cannot be looked at closer. */
  readonly onZoom: (() => void) | null;
  readonly onList: (narrow: TraceQuery) => void;
  readonly onClear: () => void;
}

/** What was marked on a chart, and what can be done with it. */
export const SelectionBar = (props: SelectionBarProps): ReactElement => {
  const { stretch, chart, requests, failed, onZoom, onList, onClear } = props;
  const t = dashboardText.useText();
  const narrow = NARROW[chart];
  return (
    <section
      aria-label={t('selected')}
      className="pointer-events-none absolute inset-x-4 bottom-4 z-30 flex justify-center"
    >
      <div className="pointer-events-auto flex max-w-full animate-rise flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-raised py-2 pr-2 pl-4 shadow-pop">
        <p role="status" className="tabular text-sm">
          <b className="font-semibold">{formatStretch({ since: stretch.since, until: stretch.until - 1 })}</b>
          <span className="text-ink-2">
            {` · ${t('selectedCount', { count: requests, value: formatNumber(requests) })}`}
            {failed === 0 ? '' : ` · ${t('selectedFailed', { value: formatNumber(failed) })}`}
          </span>
        </p>
        <span className="flex items-center gap-1">
          <Button
            look="primary"
            icon={ListTree}
            onClick={() => {
              onList({});
            }}
          >
            {t('showTraces')}
          </Button>
          {narrow === undefined ? null : (
            <Button
              onClick={() => {
                onList(narrow.query);
              }}
            >
              {t(narrow.key)}
            </Button>
          )}
          {onZoom === null ? null : (
            <Button look="ghost" icon={ZoomIn} onClick={onZoom}>
              {t('zoomIn')}
            </Button>
          )}
          <IconButton icon={X} label={t('clearSelection')} onClick={onClear} tooltipSide="top" />
        </span>
      </div>
    </section>
  );
};
