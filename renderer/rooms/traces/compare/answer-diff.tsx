import { Minus, Plus } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import { compareTexts } from '../../../common/compare-texts.ts';
import type { CompareRow, Line } from '../../../common/compare-texts.ts';
import { cx, formatNumber, Skeleton } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import { toolsText } from '../tools/text.ts';
import { useComparing } from './state.ts';

/** Longer answers are compared up to here, in UTF-16 units: the page must not stand still. */
const MOST_CHARS = 40_000;

/** Undefined = not known yet; null = nobody keeps it. */
const useAnswer = (traceId: string): string | null | undefined => {
  const kept = useComparing((comparing) => comparing.answers.get(traceId));
  const { data, fault } = useCall('trace.messages', { traceId }, { topics: [`trace:${traceId}`] });
  if (data === undefined) return fault === null ? undefined : (kept ?? null);
  return data.missing === null ? (data.answer ?? '') : (kept ?? null);
};

/** What two answers say, line beside line, changed words marked. */
export const AnswerDiff = ({ a, b }: { readonly a: string; readonly b: string }): ReactElement => {
  const t = toolsText.useText();
  const left = useAnswer(a);
  const right = useAnswer(b);
  const comparison = useMemo(
    () =>
      left === undefined || right === undefined
        ? null
        : compareTexts((left ?? '').slice(0, MOST_CHARS), (right ?? '').slice(0, MOST_CHARS)),
    [left, right],
  );
  return (
    <section aria-label={t('compareAnswers')} className="min-w-0">
      <h2 className="mb-2 text-sm font-semibold">{t('compareAnswers')}</h2>
      {comparison === null ? (
        <Skeleton lines={4} />
      ) : left === null && right === null ? (
        <p className="text-sm text-ink-2">{t('noAnswers')}</p>
      ) : (
        <>
          {left === null || right === null ? <p className="mb-2 text-sm text-ink-2">{t('oneAnswer')}</p> : null}
          {Math.max(left?.length ?? 0, right?.length ?? 0) > MOST_CHARS ? (
            <p className="mb-2 text-sm text-ink-2">{t('answersCut', { count: formatNumber(MOST_CHARS) })}</p>
          ) : null}
          {left === right ? <p className="mb-2 text-sm text-ink-2">{t('sameAnswer')}</p> : null}
          <table
            aria-label={t('compareAnswers')}
            className="w-full table-fixed border-collapse overflow-hidden border-y border-line text-sm leading-6"
          >
            <thead className="sr-only">
              <tr>
                <th scope="col">{t('sideA')}</th>
                <th scope="col">{t('sideB')}</th>
              </tr>
            </thead>
            <tbody>
              {beside(comparison.rows).map((row, at) => (
                <tr key={at} className="align-top">
                  <Cell line={row.left} side={row.kind === 'same' ? 'same' : 'removed'} />
                  <Cell line={row.right} side={row.kind === 'same' ? 'same' : 'added'} />
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
};

/** Lines that only one side has stand beside those that only the other has, not one after another. */
function beside(rows: readonly CompareRow[]): readonly CompareRow[] {
  const out: CompareRow[] = [];
  let left: Line[] = [];
  let right: Line[] = [];
  const flush = (): void => {
    for (let at = 0; at < Math.max(left.length, right.length); at += 1)
      out.push({ kind: 'changed', left: left[at] ?? null, right: right[at] ?? null });
    left = [];
    right = [];
  };
  for (const row of rows) {
    if (row.kind === 'removed' && row.left !== null) left.push(row.left);
    else if (row.kind === 'added' && row.right !== null) right.push(row.right);
    else {
      flush();
      out.push(row);
    }
  }
  flush();
  return out;
}

type Side = 'same' | 'removed' | 'added';
const GROUND: Record<Side, string> = { same: '', removed: 'bg-failed-soft/60', added: 'bg-local-soft/60' };
const MARKED: Record<Side, string> = { same: '', removed: 'bg-failed/25', added: 'bg-local/30' };

const Cell = ({ line, side }: { readonly line: Line | null; readonly side: Side }): ReactElement => {
  const t = toolsText.useText();
  if (line === null) return <td className="bg-sunken" />;
  const Icon = side === 'added' ? Plus : Minus;
  return (
    <td className={cx('py-0.5 pr-3 pl-2', GROUND[side])}>
      <span className="flex gap-1.5">
        <span className="flex h-6 w-3.5 shrink-0 items-center text-ink-3">
          {side === 'same' ? null : <Icon size={12} role="img" aria-label={t(side)} />}
        </span>
        <span className="max-w-[72ch] min-w-0 flex-1 break-words whitespace-pre-wrap select-text">
          {line.pieces.map((piece, at) =>
            piece.changed ? (
              <mark key={at} className={cx('rounded-xs text-ink', MARKED[side])}>
                {piece.text}
              </mark>
            ) : (
              piece.text
            ),
          )}
          {'\u200b'}
        </span>
      </span>
    </td>
  );
};
