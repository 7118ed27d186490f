import { useId } from 'react';
import type { ReactElement } from 'react';
import type { TraceTotals } from '../../../../electron/contract/entities/overview.ts';
import { FAULT_CODES, FAULT_ORIGINS } from '../../../../electron/contract/names.ts';
import { formatNumber } from '../../../kit/index.ts';
import type { TraceQuery } from '../filters.ts';
import { tracesText } from '../text.ts';
import { shareOf } from './figures.ts';
import { dashboardText } from './text.ts';
import { FORMATS } from './units.ts';

export interface FaultsCardProps {
  readonly total: TraceTotals;
  readonly onList: (narrow: TraceQuery) => void;
}

/** Which faults there were and whose they are, most frequent first. */
export const FaultsCard = ({ total, onList }: FaultsCardProps): ReactElement => {
  const t = dashboardText.useText();
  const words = tracesText.useText();
  const id = useId();
  const faults = total.faults.toSorted((a, b) => b.count - a.count);
  const most = faults[0]?.count ?? 1;
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-lg border @3xl:col-span-2 border-line bg-raised pt-3 pb-1">
      <h3 id={id} className="px-4 pb-1 text-sm font-semibold">
        {t('faults')}
      </h3>
      {faults.length === 0 ? (
        <p className="px-4 pb-3 text-sm text-ink-2">{t('noFaults')}</p>
      ) : (
        <table aria-labelledby={id} className="w-full text-xs">
          <thead>
            <tr className="text-left text-ink-3">
              <th scope="col" className="py-1.5 pl-4 font-medium">
                {t('faultCode')}
              </th>
              <th scope="col" className="px-2 font-medium">
                {t('faultOrigin')}
              </th>
              <th scope="col" className="px-2 text-right font-medium">
                {t('count')}
              </th>
              <th scope="col" className="pr-4 pl-2 text-right font-medium">
                {t('shareOfRequests')}
              </th>
            </tr>
          </thead>
          <tbody>
            {faults.map((fault) => {
              const code = FAULT_CODES.find((known) => known === fault.code);
              const origin = FAULT_ORIGINS.find((known) => known === fault.origin);
              const name = code === undefined ? fault.code : words(`faultName.${code}`);
              return (
                <tr key={`${fault.code} ${fault.origin}`} className="border-t border-line/60 hover:bg-hover">
                  <th scope="row" className="pl-4 text-left font-medium">
                    {code === undefined ? (
                      name
                    ) : (
                      <button
                        type="button"
                        aria-label={t('showGroup', { name })}
                        onClick={() => {
                          onList({ fault: code, ...(origin === undefined ? {} : { origin }) });
                        }}
                        className="min-h-8 rounded-sm underline decoration-line-strong/60 underline-offset-3 hover:decoration-ink"
                      >
                        {name}
                      </button>
                    )}
                  </th>
                  <td className="px-2 text-ink-2">
                    {origin === undefined ? fault.origin : t(`series.origin.${origin}`)}
                  </td>
                  <td className="px-2 text-right">
                    <span className="flex items-center justify-end gap-2">
                      <span aria-hidden className="hidden h-1 w-20 overflow-hidden rounded-full bg-line sm:block">
                        <span
                          className="block h-full rounded-full bg-failed"
                          style={{ width: `${String((100 * fault.count) / most)}%` }}
                        />
                      </span>
                      {formatNumber(fault.count)}
                    </span>
                  </td>
                  <td className="pr-4 pl-2 text-right">{FORMATS.share(shareOf(fault.count, total.requests))}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
};
