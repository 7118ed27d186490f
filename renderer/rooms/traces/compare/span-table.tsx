import { useMemo } from 'react';
import type { ReactElement } from 'react';
import type { Span, Trace } from '../../../../electron/contract/entities/trace.ts';
import { cx, formatDuration } from '../../../kit/index.ts';
import { toolsText } from '../tools/text.ts';
import { alignSpans } from './align.ts';
import type { SpanPair } from './align.ts';
import { CELL, HEAD } from './fact-table.tsx';
import { signed } from './facts.ts';

/** More steps than this are left out: what differs is seen long before. */
const MOST_ROWS = 300;
/** A difference smaller than this says nothing, in ms. */
const NOTABLE_MS = 0.05;

/** Steps of two traces in one list, with how much longer each took in the second. */
export const SpanTable = ({ a, b }: { readonly a: Trace; readonly b: Trace }): ReactElement => {
  const t = toolsText.useText();
  const pairs = useMemo(() => alignSpans(a, b).slice(0, MOST_ROWS), [a, b]);
  const longest = Math.max(1, ...pairs.map(({ differenceMs }) => Math.abs(differenceMs ?? 0)));
  return (
    <section aria-label={t('compareSpans')} className="min-w-0">
      <div className="mb-2 flex flex-wrap items-baseline gap-x-3">
        <h2 className="text-sm font-semibold">{t('compareSpans')}</h2>
        <span className="text-xs text-ink-3">{t('spansNote')}</span>
      </div>
      <table aria-label={t('compareSpans')} className="w-full table-fixed border-collapse border-y border-line text-sm">
        <thead>
          <tr className="border-b border-line">
            <th scope="col" className={HEAD}>
              {t('step')}
            </th>
            <th scope="col" className={cx(HEAD, 'w-[15%] text-right')}>
              {t('sideA')}
            </th>
            <th scope="col" className={cx(HEAD, 'w-[15%] text-right')}>
              {t('sideB')}
            </th>
            <th scope="col" className={cx(HEAD, 'w-[30%]')}>
              {t('difference')}
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line/60">
          {pairs.map((pair) => (
            <tr key={pair.key}>
              <th scope="row" className={cx(CELL, 'font-normal')}>
                <span className="block truncate" style={{ paddingLeft: `${String(pair.depth)}rem` }}>
                  <Name pair={pair} />
                </span>
              </th>
              <Took span={pair.a} />
              <Took span={pair.b} />
              <td className={CELL}>
                <Difference ms={pair.differenceMs} longest={longest} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

const Name = ({ pair: { a, b } }: { readonly pair: SpanPair }): ReactElement => {
  const [left, right] = [a?.name ?? null, b?.name ?? null];
  const name = left === null || right === null || left === right ? (left ?? right ?? '') : `${left} / ${right}`;
  return <span title={name}>{name}</span>;
};

const Took = ({ span }: { readonly span: Span | null }): ReactElement => {
  const t = toolsText.useText();
  return (
    <td className={cx(CELL, 'tabular text-right', span?.status === 'error' ? 'text-failed-ink' : 'text-ink-2')}>
      {span === null ? <span className="text-ink-3">{t('absent')}</span> : formatDuration(span.durationMs)}
    </td>
  );
};

/** To the left where the second was quicker, to the right where it was slower; the figure says the same. */
const Difference = ({ ms, longest }: { readonly ms: number | null; readonly longest: number }): ReactElement | null => {
  if (ms === null || Math.abs(ms) < NOTABLE_MS) return null;
  const share = (Math.abs(ms) / longest) * 50;
  return (
    <span className="flex items-center gap-2">
      <span aria-hidden="true" className="relative h-2 min-w-0 flex-1 rounded-xs bg-sunken">
        <span className="absolute inset-y-0 left-1/2 w-px bg-line-strong" />
        <span
          className={cx('absolute inset-y-0 rounded-xs', ms > 0 ? 'bg-degraded' : 'bg-local')}
          style={{ left: `${String(ms > 0 ? 50 : 50 - share)}%`, width: `${String(share)}%` }}
        />
      </span>
      <span className="tabular w-20 shrink-0 text-right text-xs text-ink-2">{signed(ms, formatDuration)}</span>
    </span>
  );
};
