import { Focus } from 'lucide-react';
import { useId } from 'react';
import type { ReactElement } from 'react';
import type { TraceOverview, TraceTotals } from '../../../../electron/contract/entities/overview.ts';
import {
  cx,
  formatCompact,
  formatDuration,
  formatNumber,
  formatSpeed,
  formatUsd,
  IconButton,
} from '../../../kit/index.ts';
import type { TraceQuery } from '../filters.ts';
import { shareOf } from './figures.ts';
import type { GroupName } from './names.ts';
import { groupQuery, OTHERS } from './state.ts';
import type { Grouping, Only } from './state.ts';
import { dashboardText } from './text.ts';
import { FORMATS } from './units.ts';

export interface GroupsCardProps {
  readonly main: TraceOverview;
  readonly by: Exclude<Grouping, 'none'>;
  readonly nameOf: GroupName;
  readonly onOnly: (only: Only) => void;
  readonly onList: (narrow: TraceQuery) => void;
}

/** Groups side by side in numbers. */
export const GroupsCard = ({ main, by, nameOf, onOnly, onList }: GroupsCardProps): ReactElement => {
  const t = dashboardText.useText();
  const id = useId();
  const share = FORMATS.share;
  const cells: readonly (readonly [string, (total: TraceTotals) => string])[] = [
    [t('tile.requests'), (total) => formatNumber(total.requests)],
    [t('share'), (total) => share(shareOf(total.requests, main.total.requests))],
    [t('series.failed'), (total) => share(shareOf(total.failed, total.requests))],
    [t('series.degraded'), (total) => share(shareOf(total.degraded, total.requests))],
    [`${t('tile.firstToken')} p50`, (total) => formatDuration(total.firstTokenMs.p50)],
    ['p95', (total) => formatDuration(total.firstTokenMs.p95)],
    [`${t('tile.total')} p50`, (total) => formatDuration(total.totalMs.p50)],
    ['p95', (total) => formatDuration(total.totalMs.p95)],
    [t('tile.speed'), (total) => formatSpeed(total.tokensPerSecond.p50)],
    [t('tile.tokens'), (total) => formatCompact(total.tokensIn + total.tokensOut)],
    [t('tile.cost'), (total) => formatUsd(total.costUsd)],
  ];
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-lg border border-line bg-raised pt-3 pb-1">
      <h3 id={id} className="px-4 pb-1 text-sm font-semibold">
        {t(`groups.${by}`)}
      </h3>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-labelledby={id}>
        <table className="w-full text-xs whitespace-nowrap">
          <thead>
            <tr className="text-left text-ink-3">
              <th scope="col" className="py-1.5 pl-4 font-medium">
                {t(`by.${by}`)}
              </th>
              {cells.map(([head], at) => (
                <th key={at} scope="col" className="px-2 py-1.5 text-right font-medium">
                  {head}
                </th>
              ))}
              <td className="w-10" />
            </tr>
          </thead>
          <tbody>
            {main.groups.map(({ name, total }) => {
              const said = nameOf(by, name);
              const query = groupQuery(by, name);
              const reachable = Object.keys(query).length > 0;
              return (
                <tr key={name} className="border-t border-line/60 hover:bg-hover">
                  <th scope="row" className="max-w-64 truncate pl-4 text-left font-medium">
                    {reachable ? (
                      <button
                        type="button"
                        aria-label={t('showGroup', { name: said })}
                        title={said}
                        onClick={() => {
                          onList(query);
                        }}
                        className="min-h-8 max-w-full truncate rounded-sm underline decoration-line-strong/60 underline-offset-3 hover:decoration-ink"
                      >
                        {said}
                      </button>
                    ) : (
                      <span className={cx('flex min-h-8 items-center', name === OTHERS && 'text-ink-3')}>{said}</span>
                    )}
                  </th>
                  {cells.map(([, cell], at) => (
                    <td key={at} className="px-2 text-right">
                      {cell(total)}
                    </td>
                  ))}
                  <td className="pr-1.5 text-right">
                    {reachable ? (
                      <IconButton
                        icon={Focus}
                        iconSize={14}
                        label={t('onlyThis', { name: said })}
                        onClick={() => {
                          onOnly({ by, name });
                        }}
                      />
                    ) : null}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
};
