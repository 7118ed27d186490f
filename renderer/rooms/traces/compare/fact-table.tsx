import { EqualNot } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import type { FaultCode } from '../../../../electron/contract/faults.ts';
import { cx } from '../../../kit/index.ts';
import { tracesText } from '../text.ts';
import { toolsText } from '../tools/text.ts';
import { factPairs } from './facts.ts';

export const CELL = 'px-3 py-1.5 text-left align-baseline';
export const HEAD = `${CELL} text-xs font-medium text-ink-3`;

/** Facts of two traces; what differs is marked by a sign and a darker word besides its ground. */
export const FactTable = ({
  a,
  b,
  promptName,
}: {
  readonly a: Trace;
  readonly b: Trace;
  readonly promptName: (trace: Trace) => string;
}): ReactElement => {
  const t = toolsText.useText();
  const room = tracesText.useText();
  const facts = useMemo(
    () =>
      factPairs(a, b, {
        status: ({ status }) => room(`status.${status}`),
        route: ({ route }) => room(`route.${route ?? 'none'}`),
        prompt: promptName,
        fault: (code) => room(`faultName.${code as FaultCode}`),
        none: t('none'),
        yes: t('yes'),
        no: t('no'),
      }),
    [a, b, promptName, room, t],
  );
  return (
    <section aria-label={t('compareFacts')} className="min-w-0">
      <h2 className="mb-2 text-sm font-semibold">{t('compareFacts')}</h2>
      <table aria-label={t('compareFacts')} className="w-full table-fixed border-collapse border-y border-line text-sm">
        <thead>
          <tr className="border-b border-line">
            <th scope="col" className={cx(HEAD, 'w-[20%]')}>
              {t('fact')}
            </th>
            <th scope="col" className={HEAD}>
              {t('sideA')}
            </th>
            <th scope="col" className={HEAD}>
              {t('sideB')}
            </th>
            <th scope="col" className={cx(HEAD, 'w-[16%] text-right')}>
              {t('difference')}
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line/60">
          {facts.map(({ name, a: left, b: right, differs, difference }) => (
            <tr key={name} className={differs ? 'bg-selected/60' : ''}>
              <th scope="row" className={cx(CELL, 'text-xs font-normal text-ink-3')}>
                {t(`f.${name}`)}
              </th>
              <td className={cx(CELL, 'tabular break-words', differs ? 'font-medium text-ink' : 'text-ink-2')}>
                {left}
              </td>
              <td className={cx(CELL, 'tabular break-words', differs ? 'font-medium text-ink' : 'text-ink-2')}>
                {right}
              </td>
              <td className={cx(CELL, 'tabular text-right align-middle text-ink-2')}>
                {differs
                  ? (difference ?? (
                      <EqualNot size={14} role="img" aria-label={t('differs')} className="ml-auto text-ink-2" />
                    ))
                  : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};
