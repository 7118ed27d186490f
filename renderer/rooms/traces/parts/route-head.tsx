import type { ReactElement } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { Badge, RouteLine } from '../../../kit/index.ts';
import { degradedReasonOf } from '../attempts.ts';
import { stopsOf, toneOf } from '../stops.ts';
import { tracesText } from '../text.ts';
import { said } from '../../../common/core-words/index.ts';

export interface RouteHeadProps {
  readonly trace: Trace;
  /** Whether why the reply is degraded is said here; false = it stands elsewhere on the page. */
  readonly tellsReason: boolean;
}

/** The large route line, with both ends named in words. */
export const RouteHead = ({ trace, tellsReason }: RouteHeadProps): ReactElement => {
  const t = tracesText.useText();
  const stops = stopsOf(trace, {
    notNeeded: (score) => t('notNeededScore', { score }),
    draft: () => t('draftDropped'),
    times: (count, reason) => t('askedTimes', { count, reason }),
  });
  const left = stops.filter((stop) => stop.state === 'passed').map((stop) => stop.name);
  const unused = stops
    .filter((stop) => stop.state === 'rejected')
    .map((stop) => stop.name)
    .join(', ');
  const degradedReason = tellsReason ? degradedReasonOf(trace) : null;
  const running = trace.status === 'running';
  const end = running
    ? t('runningEnd')
    : trace.status === 'failed'
      ? t('failedEnd')
      : trace.status === 'stopped'
        ? t('stoppedEnd')
        : t('answered');
  return (
    <figure aria-label={t('routeLine')} className="rounded-lg bg-sunken px-4 py-3">
      <RouteLine
        stops={stops.length === 0 ? [{ name: end, state: 'chosen', tone: toneOf(trace) }] : stops}
        tone={toneOf(trace)}
        size="lg"
        live={running}
        className="h-auto w-full max-w-[560px]"
      />
      <figcaption className="mt-1 flex max-w-[560px] flex-wrap items-center justify-between gap-x-4 gap-y-1 text-xs text-ink-2">
        <span>{t('asked')}</span>
        <span className="flex min-w-0 items-center gap-2">
          <span className="truncate font-medium text-ink">{trace.modelName ?? t('route.none')}</span>
          {trace.route === null ? null : <Badge tone={trace.route}>{t(`route.${trace.route}`)}</Badge>}
          {trace.degraded ? <Badge tone="degraded">{t('degraded')}</Badge> : null}
          <span>{end}</span>
        </span>
        {degradedReason === null ? null : <span className="w-full text-degraded-ink">{said(degradedReason)}</span>}
        {left.length === 0 ? null : (
          <span className="w-full">{t('switchedFrom', { names: [...new Set(left)].join(', ') })}</span>
        )}
        {unused === '' ? null : <span className="w-full text-ink-3">{t('notUsed', { names: unused })}</span>}
      </figcaption>
    </figure>
  );
};
