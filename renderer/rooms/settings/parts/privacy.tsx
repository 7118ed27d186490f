import { useMemo } from 'react';
import type { Config } from '../../../../electron/contract/config.ts';
import type { EgressEntry } from '../../../../electron/contract/providers.ts';
import { formatBytes, formatPercent, Select, Slider, Switch, Table, Time } from '../../../kit/index.ts';
import type { TableColumn } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import type { Change } from '../state.ts';
import { text } from '../text.ts';
import { Row, Section } from './section.tsx';

const SHOWN = 200;
const ROWS_AT_ONCE = 8;
const ROW_PX = 32;
/** Height of the head of a table with its line. */
const HEAD_PX = 33;
const EXACT = ['off', 'deterministic', 'always'] as const;
const EXACT_TEXT = { off: 'cacheOff', deterministic: 'cacheSure', always: 'cacheAlways' } as const;
const MOST_WRONG = 0.1;

/** Everything that left this machine, newest first. */
function Egress() {
  const t = text.useText();
  const { data } = useCall('egress.list', { limit: SHOWN }, { topics: ['egress', 'traces'], keepPrevious: true });
  const columns = useMemo<readonly TableColumn<EgressEntry>[]>(
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
        width: 'minmax(8rem, 2fr)',
        cell: ({ host, path, method }) => (
          <span className="truncate font-mono text-xs" title={`${method} ${host}${path}`}>
            {host}
          </span>
        ),
      },
      {
        key: 'why',
        header: t('egressWhy'),
        width: '5.5rem',
        hideBelowPx: 520,
        cell: ({ purpose }) => t(`egress.${purpose}`),
      },
      {
        key: 'model',
        header: t('egressModel'),
        width: 'minmax(6rem, 1fr)',
        hideBelowPx: 620,
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
        hideBelowPx: 720,
        cell: ({ bytesIn }) => formatBytes(bytesIn),
      },
      {
        key: 'status',
        header: t('egressStatus'),
        width: '4.5rem',
        align: 'end',
        cell: ({ status }) =>
          status === null ? <span className="text-degraded-ink">{t('egressNoAnswer')}</span> : status,
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

/** What leaves this machine, and what is kept to answer again. */
export function PrivacySection({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const { cache } = config;
  return (
    <Section id="privacy" title={t('privacy')}>
      <Row label={t('egress')} hint={t('egressHint')} />
      <Egress />
      <Row label={t('cacheExact')} hint={t('cacheExactHint')}>
        <Select
          className="w-56"
          align="end"
          label={t('cacheExact')}
          value={cache.exact}
          options={EXACT.map((value) => ({ value, label: t(EXACT_TEXT[value]) }))}
          onChange={(next) => {
            const exact = EXACT.find((value) => value === next);
            if (exact) change('cache', { exact });
          }}
        />
      </Row>
      <Row label={t('cacheSemantic')} hint={t('cacheSemanticHint')}>
        <Switch
          label={t('cacheSemantic')}
          checked={cache.semantic}
          onChange={(semantic) => {
            change('cache', { semantic });
          }}
        />
      </Row>
      {cache.semantic ? (
        <Row label={t('cacheWrong')} hint={t('cacheWrongHint', { value: formatPercent(cache.semanticMaxWrongShare) })}>
          <Slider
            className="w-56"
            label={t('cacheWrong')}
            min={0.01}
            max={MOST_WRONG}
            step={0.01}
            value={Math.min(MOST_WRONG, cache.semanticMaxWrongShare)}
            format={formatPercent}
            onChange={(semanticMaxWrongShare) => {
              change('cache', { semanticMaxWrongShare });
            }}
          />
        </Row>
      ) : null}
    </Section>
  );
}
