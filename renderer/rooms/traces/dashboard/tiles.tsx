import type { ReactElement } from 'react';
import type { Savings, TraceOverview } from '../../../../electron/contract/entities/overview.ts';
import { formatCompact, formatDuration, formatNumber, formatSpeed, formatUsd } from '../../../kit/index.ts';
import { shareOf } from './figures.ts';
import { dashboardText } from './text.ts';
import { FORMATS } from './units.ts';

export interface TilesProps {
  readonly main: TraceOverview;
  readonly byRoute: TraceOverview;
  readonly savings: Savings | null;
}

/** The figures of the whole time at a glance. */
export const Tiles = ({ main: { total }, byRoute, savings }: TilesProps): ReactElement => {
  const t = dashboardText.useText();
  const share = FORMATS.share;
  const route = (name: string): number => byRoute.groups.find((group) => group.name === name)?.total.requests ?? 0;
  const all = byRoute.total.requests;
  const reused = shareOf(total.tokensCached, total.tokensIn);
  const tail = (value: number | null): string | null =>
    value === null ? null : t('tile.p95', { value: formatDuration(value) });
  return (
    <section aria-label={t('overall')} className="@container">
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line @2xl:grid-cols-5 @7xl:grid-cols-10">
        <Tile name={t('tile.requests')} value={formatNumber(total.requests)} />
        <Tile
          name={t('tile.failed')}
          value={share(shareOf(total.failed, total.requests))}
          more={
            total.stopped === 0 ? null : t('tile.stopped', { value: share(shareOf(total.stopped, total.requests)) })
          }
        />
        <Tile
          name={t('tile.firstToken')}
          value={formatDuration(total.firstTokenMs.p50)}
          more={tail(total.firstTokenMs.p95)}
        />
        <Tile name={t('tile.total')} value={formatDuration(total.totalMs.p50)} more={tail(total.totalMs.p95)} />
        <Tile name={t('tile.speed')} value={formatSpeed(total.tokensPerSecond.p50)} />
        <Tile
          name={t('tile.tokens')}
          value={formatCompact(total.tokensIn + total.tokensOut)}
          more={t('tile.tokensOut', { value: formatCompact(total.tokensOut) })}
        />
        <Tile
          name={t('tile.cost')}
          value={formatUsd(total.costUsd)}
          more={
            savings === null || savings.savedUsd === 0 ? null : t('tile.saved', { cost: formatUsd(savings.savedUsd) })
          }
        />
        <Tile
          name={t('tile.cached')}
          value={share(shareOf(route('cached'), all))}
          more={reused === null || reused === 0 ? null : t('tile.reused', { share: share(reused) })}
        />
        <Tile name={t('tile.degraded')} value={share(shareOf(total.degraded, total.requests))} />
        <Tile
          name={t('tile.local')}
          value={share(shareOf(route('local'), all))}
          more={t('tile.cloud', { share: share(shareOf(route('cloud'), all)) })}
        />
      </dl>
    </section>
  );
};

const Tile = ({
  name,
  value,
  more = null,
}: {
  readonly name: string;
  readonly value: string;
  readonly more?: string | null;
}): ReactElement => (
  <div className="min-w-0 bg-raised px-4 py-2.5">
    <dt className="truncate text-xs text-ink-3">{name}</dt>
    <dd className="tabular text-lg font-semibold whitespace-nowrap">
      {value}
      <span className="block h-4 truncate text-2xs font-normal text-ink-3">{more}</span>
    </dd>
  </div>
);
