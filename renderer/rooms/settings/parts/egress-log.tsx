import { Waypoints } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import type { EgressListed } from '../../../../electron/contract/providers.ts';
import { formatBytes, Table, Time } from '../../../kit/index.ts';
import type { TableColumn } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import { usePlace } from '../../../state/index.ts';
import { text } from '../text.ts';

const SHOWN = 200;
const ROWS_AT_ONCE = 8;
const ROW_PX = 32;
/** Height of the head of a table with its line. */
const HEAD_PX = 33;

/** What a request was sent for: a conversation, which one click opens, a token of the local API, or a purpose of the app. */
export function Asker({ entry }: { readonly entry: EgressListed }): ReactElement {
  const t = text.useText();
  const { conversationId, conversationTitle, tokenName, purpose } = entry;
  if (conversationId !== null && conversationTitle !== null)
    return (
      <button
        type="button"
        className="min-h-6 max-w-full truncate rounded-sm text-left underline decoration-ink-3/50 underline-offset-2 hover:decoration-ink"
        title={conversationTitle}
        onClick={() => {
          usePlace.getState().openConversation(conversationId);
        }}
      >
        {conversationTitle === '' ? t('egressUntitled') : conversationTitle}
      </button>
    );
  if (conversationId !== null) return <span className="truncate text-ink-3">{t('egressDeleted')}</span>;
  if (typeof tokenName === 'string') {
    const words = t('egressApi', { name: tokenName });
    return (
      <span className="truncate" title={words}>
        {words}
      </span>
    );
  }
  return <span className="truncate text-ink-2">{t(`egress.${purpose}`)}</span>;
}

/** Where it went. A proxy on the way is marked, because that is where the bytes went first. */
export function To({ entry }: { readonly entry: EgressListed }): ReactElement {
  const t = text.useText();
  const { host, path, method, modelId, via } = entry;
  const place = `${method} ${host}${path}${modelId === null ? '' : ` (${modelId})`}`;
  if (typeof via !== 'string')
    return (
      <span className="truncate font-mono text-xs" title={place}>
        {host}
      </span>
    );
  const proxy = t('egressVia', { proxy: via });
  return (
    <span className="flex min-w-0 items-center gap-1.5" title={`${place}, ${proxy}`}>
      <span className="truncate font-mono text-xs">{host}</span>
      <Waypoints size={13} role="img" aria-label={proxy} className="shrink-0 text-ink-3" />
    </span>
  );
}

/** The status that came, and what became of the answer when it was not whole. */
export function Outcome({ entry }: { readonly entry: EgressListed }): ReactElement {
  const t = text.useText();
  const { status, outcome, durationMs } = entry;
  const isOver = outcome !== null && outcome !== undefined;
  if (outcome === 'left' && status === null) return <span className="text-ink-2">{t('egressStopped')}</span>;
  if (status === null)
    return (
      <span className={isOver ? 'text-degraded-ink' : 'text-ink-2'}>
        {t(isOver || durationMs > 0 ? 'egressNoAnswer' : 'egressNotYet')}
      </span>
    );
  if (outcome === 'cut')
    return <span className="text-degraded-ink">{t('egressThen', { status, what: t('egressCut') })}</span>;
  if (outcome === 'left') return <span>{t('egressThen', { status, what: t('egressStopped') })}</span>;
  return <span>{status}</span>;
}

/** Everything that left this machine, newest first. */
export function EgressLog(): ReactElement {
  const t = text.useText();
  const { data } = useCall('egress.list', { limit: SHOWN }, { topics: ['egress', 'traces'], keepPrevious: true });
  const columns = useMemo<readonly TableColumn<EgressListed>[]>(
    () => [
      {
        key: 'at',
        header: t('egressWhen'),
        width: '5rem',
        cell: ({ at }) => <Time at={at} />,
      },
      {
        key: 'to',
        header: t('egressTo'),
        width: 'minmax(7rem, 1.3fr)',
        cell: (entry) => <To entry={entry} />,
      },
      {
        key: 'conversation',
        header: t('egressFor'),
        width: 'minmax(6rem, 1.7fr)',
        cell: (entry) => <Asker entry={entry} />,
      },
      {
        key: 'model',
        header: t('egressModel'),
        width: 'minmax(6rem, 1fr)',
        hideBelowPx: 760,
        cell: ({ modelId, providerId }) => <span className="truncate">{modelId ?? providerId}</span>,
      },
      {
        key: 'out',
        header: t('egressOut'),
        width: '5rem',
        align: 'end',
        cell: ({ bytesOut }) => formatBytes(bytesOut),
      },
      {
        key: 'in',
        header: t('egressIn'),
        width: '5rem',
        align: 'end',
        hideBelowPx: 600,
        cell: ({ bytesIn }) => formatBytes(bytesIn),
      },
      {
        key: 'status',
        header: t('egressStatus'),
        width: '6.5rem',
        align: 'end',
        cell: (entry) => <Outcome entry={entry} />,
      },
    ],
    [t],
  );
  const entries = data?.entries ?? [];
  if (data !== undefined && entries.length === 0)
    return <p className="px-4 py-3 text-sm text-ink-2">{t('egressNone')}</p>;
  return (
    <div>
      <p className="tabular px-4 py-2.5 text-xs text-ink-3">
        {t('egressTotal', { value: formatBytes(data?.totalBytesOut ?? 0) })}
      </p>
      <div
        className="flex flex-col border-t border-line"
        style={{ height: HEAD_PX + ROW_PX * Math.min(ROWS_AT_ONCE, Math.max(1, entries.length)) }}
      >
        <Table
          label={t('egress')}
          columns={columns}
          rows={entries}
          rowKey={({ id }) => id}
          rowHeightPx={ROW_PX}
          ground="raised"
        />
      </div>
    </div>
  );
}
