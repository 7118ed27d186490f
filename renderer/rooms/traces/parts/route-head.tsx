import type { ReactElement } from 'react';
import type { Trace, TraceRow } from '../../../../electron/contract/entities/trace.ts';
import { Badge, RouteLine } from '../../../kit/index.ts';
import type { RouteStop, Tone } from '../../../kit/index.ts';
import { tracesText } from '../text.ts';

/** Colour of the line that went through: what happened outweighs where. */
export const toneOf = (row: Pick<TraceRow, 'status' | 'degraded' | 'route'>): Tone => {
  if (row.status === 'failed') return 'failed';
  if (row.degraded) return 'degraded';
  return row.route ?? 'neutral';
};

const nameOf = (trace: Trace, attributes: Trace['spans'][number]['attributes'], fallback: string): string => {
  const id = attributes['modelId'] ?? attributes['model'];
  const known = trace.decision?.candidates.find((candidate) => candidate.modelId === id);
  return known?.modelName ?? (typeof id === 'string' ? id : fallback);
};

/** In the order the line meets them: models not used, attempts that failed, the one that answered. */
export const stopsOf = (trace: Trace, notNeeded: (model: string, score: string) => string): readonly RouteStop[] => {
  const stops: RouteStop[] = [];
  const failed = trace.spans
    .filter((span) => span.kind === 'attempt' && span.fault !== null)
    .sort((a, b) => a.startMs - b.startMs);
  for (const candidate of trace.decision?.candidates ?? []) {
    if (candidate.modelId === trace.modelId || candidate.modelId === trace.decision?.chosen) continue;
    stops.push({
      name: candidate.modelName,
      state: 'rejected',
      reason: candidate.rejected ?? notNeeded(candidate.modelName, (candidate.score ?? 0).toFixed(2)),
      tone: 'neutral',
    });
  }
  for (const span of failed) {
    const reason = span.fault?.detail ?? '';
    stops.push({ name: nameOf(trace, span.attributes, span.name), state: 'passed', reason, tone: 'failed' });
  }
  if (trace.modelName !== null && trace.status !== 'failed')
    stops.push({ name: trace.modelName, state: 'chosen', tone: toneOf(trace) });
  return stops;
};

/** The large route line, with both ends named in words. */
export const RouteHead = ({ trace }: { readonly trace: Trace }): ReactElement => {
  const t = tracesText.useText();
  const stops = stopsOf(trace, (_, score) => t('notNeededScore', { score }));
  const unused = stops
    .filter((stop) => stop.state === 'rejected')
    .map((stop) => stop.name)
    .join(', ');
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
        {unused === '' ? null : <span className="w-full text-ink-3">{t('notUsed', { names: unused })}</span>}
      </figcaption>
    </figure>
  );
};
