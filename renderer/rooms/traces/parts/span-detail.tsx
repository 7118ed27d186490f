import type { ReactElement } from 'react';
import type { Attributes } from '../../../../electron/contract/entities/trace.ts';
import { formatDuration, formatNumber } from '../../../kit/index.ts';
import { tracesText } from '../text.ts';
import type { WaterfallRow } from '../waterfall.ts';
import { said } from '../../../common/core-words/index.ts';

/** Everything one step recorded, below the waterfall: follows the arrow keys and the pointer. */
export const SpanDetail = ({ row }: { readonly row: WaterfallRow }): ReactElement => {
  const t = tracesText.useText();
  const { span } = row;
  const facts: (readonly [string, string])[] = [
    [t('starts'), formatDuration(span.startMs)],
    [t('takes'), span.durationMs === null ? t('unfinished') : formatDuration(span.durationMs)],
  ];
  if (row.selfMs !== null) facts.push([t('own'), formatDuration(row.selfMs)]);
  return (
    <section aria-label={t('spanDetail')} className="mt-3 min-h-28 rounded-lg bg-sunken px-3 py-2.5 text-xs">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h4 className="text-sm font-medium">
          {t(`spanKind.${span.kind}`)}
          <span className="ml-1.5 font-mono text-2xs text-ink-3">{span.name}</span>
        </h4>
        {facts.map(([name, value]) => (
          <span key={name} className="tabular text-ink-2">
            <span className="text-ink-3">{name}</span> {value}
          </span>
        ))}
      </div>
      {span.fault === null ? null : <p className="mt-1.5 text-failed-ink">{said(span.fault.detail)}</p>}
      <AttributeList attributes={span.attributes} empty={t('noAttributes')} />
      {span.events.length === 0 ? null : (
        <>
          <h5 className="mt-2 font-medium text-ink-2">{t('events')}</h5>
          <ol className="mt-1 space-y-1">
            {span.events.map((event, at) => (
              <li key={at} className="tabular">
                <span className="inline-block min-w-16 text-ink-3">{formatDuration(event.atMs)}</span> {event.name}
                {Object.keys(event.attributes).length === 0 ? null : (
                  <span className="ml-2 font-mono text-2xs break-all text-ink-3">
                    {Object.entries(event.attributes)
                      .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(', ') : String(value)}`)
                      .join('  ')}
                  </span>
                )}
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
};

/** Names are what the program recorded, shown as they are; numbers get the reader's separators. */
export const AttributeList = ({
  attributes,
  empty,
}: {
  readonly attributes: Attributes;
  readonly empty: string | null;
}): ReactElement | null => {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return empty === null ? null : <p className="mt-1.5 text-ink-3">{empty}</p>;
  return (
    <dl className="mt-2 grid grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] gap-x-6 gap-y-1">
      {entries.map(([name, value]) => (
        <div key={name} className="flex min-w-0 items-baseline justify-between gap-3 border-b border-line/60 py-0.5">
          <dt className="shrink-0 font-mono text-2xs text-ink-3">{name}</dt>
          <dd className="tabular min-w-0 text-right break-words">
            {typeof value === 'number' ? formatNumber(value) : Array.isArray(value) ? value.join(', ') : String(value)}
          </dd>
        </div>
      ))}
    </dl>
  );
};
