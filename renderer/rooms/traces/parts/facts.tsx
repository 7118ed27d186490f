import type { ReactElement, ReactNode } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import {
  cx,
  formatDateTime,
  formatDuration,
  formatNumber,
  formatSpeed,
  formatTokens,
  formatUsd,
} from '../../../kit/index.ts';
import { savedUsdOf } from '../attempts.ts';
import { tracesText } from '../text.ts';

/** Numbers first, each with its unit; then where it came from and what is pinned to it. */
export const Facts = ({
  trace,
  promptName,
}: {
  readonly trace: Trace;
  readonly promptName: string | null;
}): ReactElement => {
  const t = tracesText.useText();
  const reused = trace.tokensCached > 0 ? t('reused', { count: formatNumber(trace.tokensCached) }) : null;
  const savedUsd = savedUsdOf(trace);
  const saved = savedUsd > 0 ? t('saved', { cost: formatUsd(savedUsd) }) : null;
  return (
    <section aria-label={t('facts')} className="@container">
      <dl className="grid grid-cols-3 gap-px @2xl:grid-cols-6 overflow-hidden rounded-lg border border-line bg-line">
        <Figure name={t('fact.duration')} value={formatDuration(trace.durationMs)} />
        <Figure name={t('fact.firstToken')} value={formatDuration(trace.firstTokenMs)} />
        <Figure name={t('fact.speed')} value={formatSpeed(trace.tokensPerSecond)} />
        <Figure name={t('fact.tokensIn')} value={formatTokens(trace.tokensIn)} more={reused} />
        <Figure name={t('fact.tokensOut')} value={formatTokens(trace.tokensOut)} />
        <Figure name={t('fact.cost')} value={formatUsd(trace.costUsd)} more={saved} />
      </dl>
      <dl className="mt-3 grid gap-x-6 text-xs @md:grid-cols-2">
        <Fact name={t('fact.started')}>{formatDateTime(trace.startedAt)}</Fact>
        <Fact name={t('fact.model')}>{trace.modelName ?? t('route.none')}</Fact>
        <Fact name={t('fact.prompt')}>
          {trace.promptVersionId === null ? t('noPrompt') : (promptName ?? t('unknown'))}
        </Fact>
        <Fact name={t('fact.source')}>{t(`source.${trace.source}`)}</Fact>
        <Fact name={t('fact.privacy')}>{trace.private ? t('private') : t('notPrivate')}</Fact>
        <Fact name={t('fact.rating')}>{t(`rating.${trace.rating ?? 'none'}`)}</Fact>
        <Fact name={t('fact.id')} wide>
          <span className="font-mono text-2xs break-all select-text">{trace.id}</span>
        </Fact>
      </dl>
    </section>
  );
};

const Figure = ({
  name,
  value,
  more = null,
}: {
  readonly name: string;
  readonly value: string;
  readonly more?: string | null;
}): ReactElement => (
  <div className="bg-surface px-3 py-2">
    <dt className="text-2xs text-ink-3">{name}</dt>
    <dd className="tabular text-sm font-semibold whitespace-nowrap">
      {value}
      {more === null ? null : <span className="block text-2xs font-normal text-ink-3">{more}</span>}
    </dd>
  </div>
);

const Fact = ({
  name,
  wide = false,
  children,
}: {
  readonly name: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}): ReactElement => (
  <div className={cx('flex min-h-7 items-baseline gap-3 border-b border-line/60 py-1', wide && '@md:col-span-2')}>
    <dt className="w-24 shrink-0 text-ink-3">{name}</dt>
    <dd className="tabular min-w-0 break-words">{children}</dd>
  </div>
);
