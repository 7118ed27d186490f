import { ChevronLeft, ChevronRight, Download } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { UsageSum } from '../../../../electron/contract/entities/trace.ts';
import { Button, formatNumber, formatUsd, IconButton, Skeleton, Table, toast } from '../../../kit/index.ts';
import type { TableColumn } from '../../../kit/index.ts';
import { currentLanguage } from '../../../kit/i18n/index.ts';
import { call, useAction, useCall } from '../../../link/index.ts';
import { text } from '../text.ts';
import { Row, Section } from './section.tsx';

const ROW_PX = 32;
const HEAD_PX = 33;
const ROWS_AT_ONCE = 8;

/** First moment of the month so many months before or after this one, where the person is. */
const monthStart = (offset: number, now: number): number => {
  const today = new Date(now);
  return new Date(today.getFullYear(), today.getMonth() + offset, 1).getTime();
};

/** What a month cost, by provider and model, and what was saved. */
export function UsageSection() {
  const t = text.useText();
  const [now] = useState(() => Date.now());
  const [offset, setOffset] = useState(0);
  const [since, until] = [monthStart(offset, now), monthStart(offset + 1, now)];
  const { data, fault } = useCall('usage.sums', { since, until }, { topics: ['usage'], keepPrevious: true });
  const providers = useCall('provider.list', {}, { topics: ['providers'] }).data?.providers;
  const exporting = useAction(async () => {
    const { path, entries } = await call('usage.export', { since, until });
    if (path !== null) toast({ level: 'success', text: t('usageExportDone', { count: entries, path }) });
  });
  const columns = useMemo<readonly TableColumn<UsageSum>[]>(() => {
    const names = new Map(providers?.map(({ config }) => [config.id, config.name ?? config.id]));
    const nameOf = (id: string): string => (id === 'local' ? t('usageHere') : (names.get(id) ?? id));
    const amount = (
      key: string,
      header: string,
      width: string,
      cell: (row: UsageSum) => string,
      hideBelowPx?: number,
    ) => ({
      key,
      header,
      cell,
      width,
      align: 'end' as const,
      ...(hideBelowPx === undefined ? {} : { hideBelowPx }),
    });
    return [
      {
        key: 'model',
        header: t('usageModel'),
        width: 'minmax(6.5rem, 2fr)',
        cell: ({ modelId }) => (
          <span className="truncate" title={modelId}>
            {modelId.slice(modelId.indexOf('/') + 1)}
          </span>
        ),
      },
      {
        key: 'provider',
        header: t('usageProvider'),
        width: 'minmax(5.5rem, 1fr)',
        hideBelowPx: 480,
        cell: ({ providerId }) => <span className="truncate">{nameOf(providerId)}</span>,
      },
      amount('calls', t('usageCalls'), '3.5rem', ({ entries }) => formatNumber(entries), 400),
      amount('in', t('usageIn'), '5rem', ({ tokensIn }) => formatNumber(tokensIn), 620),
      amount('out', t('usageOut'), '5rem', ({ tokensOut }) => formatNumber(tokensOut), 620),
      amount('saved', t('usageSaved'), '4.5rem', ({ savedUsd }) => formatUsd(savedUsd), 540),
      amount('cost', t('usageCost'), '4.5rem', ({ costUsd }) => formatUsd(costUsd)),
    ];
  }, [t, providers]);
  const sums = data?.sums ?? [];
  const total = (of: (sum: UsageSum) => number): number => sums.reduce((all, sum) => all + of(sum), 0);
  const calls = total(({ entries }) => entries);
  const month = new Intl.DateTimeFormat(currentLanguage(), { year: 'numeric', month: 'long' }).format(since);
  return (
    <Section id="usage" title={t('usage')}>
      <Row
        label={
          <span className="flex items-center gap-1" role="group" aria-label={t('usageMonth')}>
            <IconButton icon={ChevronLeft} label={t('usagePrevious')} onClick={() => setOffset(offset - 1)} />
            <span role="status" className="tabular min-w-32 text-center font-medium">
              {month}
            </span>
            <IconButton
              icon={ChevronRight}
              label={t('usageNext')}
              disabled={offset >= 0}
              onClick={() => setOffset(offset + 1)}
            />
          </span>
        }
        hint={t('usageHint')}
        problem={exporting.fault?.detail ?? null}
      >
        <Button icon={Download} busy={exporting.busy} disabled={sums.length === 0} onClick={() => void exporting.run()}>
          {t('usageExport')}
        </Button>
      </Row>
      {data === undefined ? (
        fault === null ? (
          <Skeleton lines={3} className="px-4 py-3" />
        ) : (
          <p role="alert" className="px-4 py-3 text-sm text-failed-ink">
            {t('usageFailed', { detail: fault.detail })}
          </p>
        )
      ) : sums.length === 0 ? (
        <p className="px-4 py-3 text-sm text-ink-2">{t('usageNone')}</p>
      ) : (
        <div>
          <p className="tabular flex flex-wrap gap-x-3 px-4 py-2.5 text-sm">
            <span className="font-medium">
              {t('usageTotal', {
                cost: formatUsd(total(({ costUsd }) => costUsd)),
                saved: formatUsd(total(({ savedUsd }) => savedUsd)),
              })}
            </span>
            <span className="text-ink-3">{t('usageRequests', { count: calls, value: formatNumber(calls) })}</span>
          </p>
          <div
            className="flex flex-col border-t border-line"
            style={{ height: HEAD_PX + ROW_PX * Math.min(ROWS_AT_ONCE, sums.length) }}
          >
            <Table
              label={t('usage')}
              columns={columns}
              rows={sums}
              rowKey={({ modelId, providerId }) => `${providerId} ${modelId}`}
              rowHeightPx={ROW_PX}
              ground="raised"
            />
          </div>
        </div>
      )}
    </Section>
  );
}
