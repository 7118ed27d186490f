import { Activity } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { EmptyState, formatDuration, formatNumber } from '../../../kit/index.ts';
import { toolsText } from '../tools/text.ts';
import { gapsOf } from './gaps.ts';
import type { StreamGaps } from './gaps.ts';

/** How evenly the text of each attempt came. */
export const GapsPane = ({ trace }: { readonly trace: Trace }): ReactElement => {
  const t = toolsText.useText();
  const streams = gapsOf(trace);
  if (streams.length === 0) return <EmptyState icon={Activity} text={t('gapsNone')} />;
  return (
    <>
      {streams.map((stream) => (
        <Stream key={stream.spanId} stream={stream} named={streams.length > 1} />
      ))}
    </>
  );
};

const Stream = ({ stream, named }: { readonly stream: StreamGaps; readonly named: boolean }): ReactElement => {
  const t = toolsText.useText();
  const title = named ? t('gapsOf', { number: stream.attempt, name: stream.modelId ?? t('none') }) : t('gapsTitle');
  return (
    <section aria-label={title} className="@container">
      <h3 className="mb-2 text-sm font-semibold">{title}</h3>
      <dl className="mb-5 grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line @md:grid-cols-5">
        <Figure name={t('gapMedian')} value={formatDuration(stream.medianMs)} />
        <Figure name={t('gapP95')} value={formatDuration(stream.p95Ms)} />
        <Figure name={t('gapMax')} value={formatDuration(stream.longestMs)} />
        <Figure name={t('gapFirst')} value={formatDuration(stream.firstTokenMs)} />
        <Figure name={t('gapPieces')} value={formatNumber(stream.pieces)} />
      </dl>
      {stream.columnsMs.length === 0 ? <p className="text-xs text-ink-3">{t('gapsOld')}</p> : <Chart stream={stream} />}
    </section>
  );
};

const Figure = ({ name, value }: { readonly name: string; readonly value: string }): ReactElement => (
  <div className="bg-surface px-3 py-2">
    <dt className="text-2xs text-ink-3">{name}</dt>
    <dd className="tabular text-sm font-semibold whitespace-nowrap">{value}</dd>
  </div>
);

/** Height of the drawing in its own units; the width is one a column. */
const HIGH = 100;
/** A short stream is not blown up to the whole width. */
const LEAST_COLUMNS = 24;

const Chart = ({ stream }: { readonly stream: StreamGaps }): ReactElement => {
  const t = toolsText.useText();
  const { columnsMs, each, medianMs, p95Ms, longestMs, pieces } = stream;
  const top = Math.max(longestMs, ...columnsMs, 0.001);
  const yOf = (ms: number): number => HIGH - (ms / top) * HIGH;
  const label = t('gapsChart', {
    count: formatNumber(Math.max(0, pieces - 1)),
    median: formatDuration(medianMs),
    p95: formatDuration(p95Ms),
    max: formatDuration(longestMs),
  });
  const line = (ms: number, name: string, dashes: string): ReactElement => (
    <div className="pointer-events-none absolute inset-x-0" style={{ top: `${String(yOf(ms))}%` }} aria-hidden="true">
      <div className="border-t border-ink-3" style={{ borderTopStyle: dashes === '' ? 'solid' : 'dashed' }} />
      <span className="tabular absolute right-0 -translate-y-full rounded-xs bg-surface/90 pl-1 text-2xs text-ink-2">
        {`${name} ${formatDuration(ms)}`}
      </span>
    </div>
  );
  // Lines closer than a word is high would hide each other's words.
  const apart = Math.abs(yOf(medianMs) - yOf(p95Ms)) > 12;
  return (
    <figure>
      <div role="img" aria-label={label} className="relative h-40 border-b border-l border-line">
        <svg
          aria-hidden="true"
          className="absolute inset-0 size-full"
          viewBox={`0 0 ${String(Math.max(LEAST_COLUMNS, columnsMs.length))} ${String(HIGH)}`}
          preserveAspectRatio="none"
        >
          {columnsMs.map((ms, at) => (
            <rect
              key={at}
              x={at + 0.12}
              y={Math.min(yOf(ms), HIGH - 1)}
              width={0.76}
              height={Math.max(1, HIGH - yOf(ms))}
              className={ms > p95Ms * 2 && ms > 50 ? 'fill-degraded' : 'fill-local'}
            >
              <title>{formatDuration(ms)}</title>
            </rect>
          ))}
        </svg>
        {line(p95Ms, t('gapP95'), 'dashed')}
        {apart ? line(medianMs, t('gapMedian'), '') : null}
      </div>
      <figcaption className="mt-1 flex justify-between gap-4 text-2xs text-ink-3">
        <span>{t('gapsAxisStart')}</span>
        {each > 1 ? <span>{t('gapsEach', { count: each })}</span> : null}
        {columnsMs.length >= LEAST_COLUMNS ? <span>{t('gapsAxisEnd')}</span> : null}
      </figcaption>
    </figure>
  );
};
