import { useState } from 'react';
import type { ReactElement } from 'react';
import { Button, formatNumber, formatPercent } from '../../../kit/index.ts';
import type { Share } from '../shares.ts';
import { feedbackText } from '../text.ts';

/** Rows shown before the rest is asked for. */
const FEW = 5;

/** Good answers by model and prompt version: the bar is the share, the thin line the range it may really lie in. */
export const ShareTable = ({
  shares,
  total,
  versionName,
}: {
  readonly shares: readonly Share[];
  readonly total: number;
  readonly versionName: (versionId: string | null) => string;
}): ReactElement => {
  const t = feedbackText.useText();
  const [all, setAll] = useState(false);
  const shown = all ? shares : shares.slice(0, FEW);
  return (
    <section aria-label={t('shares')} className="max-w-4xl rounded-lg border border-line">
      <div className="flex flex-wrap items-baseline gap-x-3 px-4 pt-3 pb-1">
        <h2 className="text-sm font-semibold">{t('shares')}</h2>
        <p className="tabular text-xs text-ink-3">{t('sharesOf', { count: total, value: formatNumber(total) })}</p>
      </div>
      <table aria-label={t('sharesBy')} className="w-full table-fixed text-sm">
        <thead>
          <tr className="border-b border-line text-left text-xs text-ink-3">
            <th scope="col" className="px-4 py-1.5 font-medium">
              {t('shareColumn.model')}
            </th>
            <th scope="col" className="px-2 py-1.5 font-medium">
              {t('shareColumn.prompt')}
            </th>
            <th scope="col" className="w-20 px-2 py-1.5 text-right font-medium">
              {t('shareColumn.rated')}
            </th>
            <th scope="col" className="w-16 px-2 py-1.5 text-right font-medium">
              {t('shareColumn.good')}
            </th>
            <th scope="col" className="w-52 px-4 py-1.5 font-medium">
              {t('shareColumn.range')}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((share) => (
            <tr
              key={`${share.modelId ?? ''} ${share.promptVersionId ?? ''}`}
              className="border-b border-line/60 last:border-0"
            >
              <th scope="row" className="truncate px-4 py-1.5 text-left font-normal">
                {share.modelName ?? t('noModel')}
              </th>
              <td className="truncate px-2 py-1.5 text-ink-2">{versionName(share.promptVersionId)}</td>
              <td className="px-2 py-1.5 text-right">{formatNumber(share.up + share.down)}</td>
              <td className="px-2 py-1.5 text-right font-semibold">{formatPercent(share.good)}</td>
              <td className="px-4 py-1.5">
                <span className="flex items-center gap-2">
                  <Range share={share} />
                  <span className="shrink-0 text-xs text-ink-3">
                    {t('range', { low: formatPercent(share.low), high: formatPercent(share.high) })}
                  </span>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shares.length <= FEW ? null : (
        <Button
          look="ghost"
          className="m-1"
          aria-expanded={all}
          onClick={() => {
            setAll(!all);
          }}
        >
          {all ? t('showFewer') : t('showAll', { count: formatNumber(shares.length) })}
        </Button>
      )}
    </section>
  );
};

const percent = (share: number): string => `${String(Math.round(share * 1000) / 10)}%`;

const Range = ({ share }: { readonly share: Share }): ReactElement => (
  <span aria-hidden="true" className="relative h-3 min-w-8 flex-1">
    <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
    <span
      className="absolute top-1/2 h-1 -translate-y-1/2 rounded-full bg-ink-3/50"
      style={{ left: percent(share.low), width: percent(share.high - share.low) }}
    />
    <span
      className="absolute top-1/2 size-2 -translate-x-1/2 -translate-y-1/2 rounded-full bg-ink"
      style={{ left: percent(share.good) }}
    />
  </span>
);
