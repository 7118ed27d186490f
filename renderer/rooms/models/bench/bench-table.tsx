import { useMemo } from 'react';
import type { ReactElement } from 'react';
import type { BenchBackend } from '../../../../electron/contract/entities/bench.ts';
import { formatDuration, formatNumber, formatSpeed } from '../../../kit/index.ts';
import { benchText } from './text.ts';
import { backendName } from './words.ts';

interface Row {
  readonly key: string;
  readonly backend: string;
  readonly what: string;
  readonly threads: number | null;
  readonly value: string;
}

/** Every figure of a report, one a line. */
export const BenchTable = ({ parts }: { readonly parts: readonly BenchBackend[] }): ReactElement => {
  const t = benchText.useText();
  const rows = useMemo(() => parts.flatMap((part) => rowsOf(part)), [parts]);
  return (
    <div tabIndex={0} role="region" aria-label={t('table')} className="overflow-x-auto rounded-lg border border-line">
      <table className="tabular w-full text-left text-sm">
        <thead className="text-xs text-ink-3">
          <tr className="border-b border-line">
            <th className="h-8 px-3 font-normal">{t('column.backend')}</th>
            <th className="px-3 font-normal">{t('column.what')}</th>
            <th className="px-3 text-right font-normal">{t('column.threads')}</th>
            <th className="px-3 text-right font-normal">{t('column.value')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key} className="border-b border-line/60 last:border-0">
              <td className="h-8 px-3">{backendName(row.backend)}</td>
              <td className="px-3">{row.what}</td>
              <td className="px-3 text-right">{row.threads === null ? '' : formatNumber(row.threads)}</td>
              <td className="px-3 text-right font-medium">{row.value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

function rowsOf(part: BenchBackend): Row[] {
  const { t } = benchText;
  const { backend, firstToken } = part;
  const tokens = (count: number): string => t('tokens', { count, value: formatNumber(count) });
  const speed = (value: number | null): string => (value === null ? t('notMeasured') : formatSpeed(value));
  const rows: Omit<Row, 'key' | 'backend'>[] = [
    ...(part.loadMs === null ? [] : [{ what: t('what.load'), threads: null, value: formatDuration(part.loadMs) }]),
    ...part.threads.map((row) => ({
      what: t('what.writes'),
      threads: row.threads,
      value: speed(row.decodeTokensPerSecond),
    })),
    ...part.threads.map((row) => ({
      what: t('what.reads'),
      threads: row.threads,
      value: speed(row.prefillTokensPerSecond),
    })),
    ...part.parallel.map((row) => ({
      what: t('what.parallel', { count: row.replies, value: formatNumber(row.replies) }),
      threads: row.threads,
      value: speed(row.tokensPerSecond),
    })),
    ...(firstToken === null
      ? []
      : [
          {
            what: t('what.cold', { tokens: tokens(firstToken.promptTokens) }),
            threads: null,
            value: formatDuration(firstToken.coldMs),
          },
          {
            what: t('what.warm', { tokens: tokens(firstToken.followUpTokens) }),
            threads: null,
            value: formatDuration(firstToken.warmMs),
          },
        ]),
  ];
  return rows.map((row, at) => ({ ...row, backend, key: `${backend} ${String(at)}` }));
}
