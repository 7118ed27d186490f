import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { memo, useMemo } from 'react';
import type { ReactElement } from 'react';
import type { TraceRow } from '../../../../electron/contract/entities/trace.ts';
import { Badge, formatDuration, formatNumber, formatSpeed, formatUsd, Table, Time } from '../../../kit/index.ts';
import type { TableColumn } from '../../../kit/index.ts';
import { tracesText } from '../text.ts';
import { StatusMark } from './status-mark.tsx';

export interface TraceTableProps {
  readonly rows: readonly TraceRow[];
  readonly total: number;
  readonly selectedId: string | null;
  readonly onOpen: (row: TraceRow) => void;
  readonly onEndReached: () => void;
}

/** The list of requests: one line each, fewer columns where there is less room. */
export const TraceTable = ({ rows, total, selectedId, onOpen, onEndReached }: TraceTableProps): ReactElement => {
  const t = tracesText.useText();
  const columns = useMemo<readonly TableColumn<TraceRow>[]>(
    () => [
      {
        key: 'request',
        header: t('column.request'),
        width: 'minmax(10rem, 3fr)',
        cell: (row) => <RequestCell row={row} />,
      },
      {
        key: 'model',
        header: t('column.model'),
        width: 'minmax(7rem, 1.2fr)',
        hideBelowPx: 420,
        cell: (row) => <ModelCell row={row} />,
      },
      {
        key: 'firstToken',
        header: t('column.firstToken'),
        width: '5.5rem',
        align: 'end',
        hideBelowPx: 760,
        cell: (row) => formatDuration(row.firstTokenMs),
      },
      {
        key: 'speed',
        header: t('column.speed'),
        width: '7rem',
        align: 'end',
        hideBelowPx: 880,
        cell: (row) => formatSpeed(row.tokensPerSecond),
      },
      {
        key: 'tokens',
        header: t('column.tokens'),
        width: '7.5rem',
        align: 'end',
        hideBelowPx: 980,
        cell: (row) => t('inOut', { in: formatNumber(row.tokensIn), out: formatNumber(row.tokensOut) }),
      },
      {
        key: 'cost',
        header: t('column.cost'),
        width: '4.5rem',
        align: 'end',
        hideBelowPx: 660,
        cell: (row) => formatUsd(row.costUsd),
      },
      {
        key: 'duration',
        header: t('column.duration'),
        width: '4.5rem',
        align: 'end',
        cell: (row) => formatDuration(row.durationMs),
      },
      {
        key: 'started',
        header: t('column.started'),
        width: '4.5rem',
        align: 'end',
        hideBelowPx: 500,
        cell: (row) => <Time at={row.startedAt} className="text-ink-3" />,
      },
    ],
    [t],
  );
  return (
    <Table
      label={t('list')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      totalRows={total}
      selectedKey={selectedId}
      onOpen={onOpen}
      onEndReached={onEndReached}
    />
  );
};

/** Scrolling draws the table anew each frame: rows that did not change are not drawn again. */
const RequestCell = memo(({ row }: { readonly row: TraceRow }): ReactElement => {
  const t = tracesText.useText();
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <StatusMark status={row.status} />
      <span className="truncate">{row.preview === '' ? <i className="text-ink-3">{t('noText')}</i> : row.preview}</span>
      {row.degraded ? <Badge tone="degraded">{t('degraded')}</Badge> : null}
      {row.faultCode === null || row.faultCode === 'cancelled' ? null : (
        <Badge tone="failed" icon={null} className="max-w-40">
          {t(`faultName.${row.faultCode}`)}
        </Badge>
      )}
      {row.rating === null ? null : (
        <span role="img" aria-label={t(`rating.${row.rating}`)} className="shrink-0 text-ink-3">
          {row.rating === 'up' ? <ThumbsUp size={13} aria-hidden /> : <ThumbsDown size={13} aria-hidden />}
        </span>
      )}
    </span>
  );
});
RequestCell.displayName = 'RequestCell';

const ModelCell = memo(({ row }: { readonly row: TraceRow }): ReactElement => {
  const t = tracesText.useText();
  if (row.modelName === null) return <span className="text-ink-3">{t('route.none')}</span>;
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Badge tone={row.route ?? 'neutral'} look="plain" className="shrink">
        {row.modelName}
      </Badge>
    </span>
  );
});
ModelCell.displayName = 'ModelCell';
