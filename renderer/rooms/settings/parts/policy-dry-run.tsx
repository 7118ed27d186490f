import { FlaskConical } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { CallOutput } from '../../../../electron/contract/calls.ts';
import type { DryRunRow } from '../../../../electron/contract/policy.ts';
import { Button, EmptyState, formatNumber, formatUsd, Table } from '../../../kit/index.ts';
import type { TableColumn } from '../../../kit/index.ts';
import { call, useAction } from '../../../link/index.ts';
import { text } from '../text.ts';
import { said } from '../../../common/core-words/index.ts';

const TURNS = 200;

/** What the text on screen would have decided for the last turns. Asks no model and costs nothing. */
export function PolicyDryRun({ text: policy, invalid }: { readonly text: string; readonly invalid: boolean }) {
  const t = text.useText();
  const [result, setResult] = useState<CallOutput<'policy.dryRun'> | null>(null);
  const { run, busy, fault } = useAction(() => call('policy.dryRun', { text: policy, limit: TURNS }));
  const columns = useMemo<readonly TableColumn<DryRunRow>[]>(
    () => [
      {
        key: 'question',
        header: t('dryQuestion'),
        width: 'minmax(8rem, 2fr)',
        cell: (row) => (
          <span className="truncate" title={said(row.reason)}>
            {row.preview}
          </span>
        ),
      },
      {
        key: 'from',
        header: t('dryFrom'),
        width: '6rem',
        hideBelowPx: 620,
        cell: ({ source }) => <span className="truncate text-ink-2">{t(`drySource.${source}`)}</span>,
      },
      {
        key: 'was',
        header: t('dryWas'),
        width: 'minmax(6rem, 1fr)',
        cell: (row) => <span className="truncate text-ink-2">{row.wasName ?? t('dryNobody')}</span>,
      },
      {
        key: 'would',
        header: t('dryWould'),
        width: 'minmax(6rem, 1fr)',
        cell: (row) => (
          <span
            className={row.was === row.wouldBe ? 'truncate text-ink-2' : 'truncate font-semibold text-ink'}
            title={said(row.reason)}
          >
            {row.wouldBeName ?? t('dryNobody')}
          </span>
        ),
      },
      {
        key: 'cost',
        header: t('dryCost'),
        width: '5.5rem',
        align: 'end',
        hideBelowPx: 520,
        cell: (row) => formatUsd(row.wouldCostUsd),
      },
    ],
    [t],
  );
  const button = (
    <Button
      icon={FlaskConical}
      busy={busy}
      disabled={invalid}
      onClick={() => void run().then((found) => found && setResult(found))}
    >
      {t('dryDo')}
    </Button>
  );
  if (result === null)
    return (
      <EmptyState
        icon={FlaskConical}
        text={
          (fault === null ? null : said(fault.detail)) ??
          (invalid ? t('dryInvalid') : t('dryText', { value: formatNumber(TURNS) }))
        }
        action={button}
      />
    );
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-wrap items-center gap-3 px-4 py-2 text-sm">
        {button}
        <p role="status" className="tabular text-ink-2">
          {t('drySummary', {
            count: result.rows.length,
            changed: formatNumber(result.changed),
            was: formatUsd(result.wasUsd),
            would: formatUsd(result.wouldUsd),
          })}
          {result.unpriced === 0 ? '' : ` ${t('dryUnpriced', { count: result.unpriced })}`}
        </p>
      </div>
      {result.rows.length === 0 ? (
        <EmptyState text={t('dryNone')} />
      ) : (
        <div className="flex min-h-0 flex-1 flex-col border-t border-line">
          <Table
            label={t('policyDryRun')}
            columns={columns}
            rows={result.rows}
            rowKey={(row) => row.traceId}
            ground="raised"
          />
        </div>
      )}
    </div>
  );
}
