import type { ReactElement } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { Badge, formatDuration, formatNumber, formatUsd } from '../../../kit/index.ts';
import type { Tone } from '../../../kit/index.ts';
import { attemptsOf, isWorthTelling, skippedOf } from '../attempts.ts';
import type { Attempt } from '../attempts.ts';
import { tracesText } from '../text.ts';
import { said } from '../../../common/core-words/index.ts';

const toneOf = (attempt: Attempt): Tone => {
  switch (attempt.action) {
    case 'answered':
      return attempt.modelId?.startsWith('local/') === false ? 'cloud' : 'local';
    case 'kept':
      return 'degraded';
    case 'escalated':
    case 'dropped':
      return 'neutral';
    default:
      return 'failed';
  }
};

/** Who was asked, in order, how each ended and what was done about it. Left out where one model simply answered. */
export const AttemptsCard = ({ trace }: { readonly trace: Trace }): ReactElement | null => {
  const t = tracesText.useText();
  const attempts = attemptsOf(trace);
  const skipped = skippedOf(trace);
  if (!isWorthTelling(attempts, skipped)) return null;
  return (
    <section aria-label={t('attempts')} className="min-w-0">
      <div className="mb-2 flex items-baseline gap-3">
        <h3 className="text-sm font-semibold">{t('attempts')}</h3>
        <span className="text-xs text-ink-3">{t('attemptCount', { count: attempts.length })}</span>
      </div>
      <ol className="divide-y divide-line border-y border-line">
        {attempts.map((attempt) => (
          <AttemptRow key={attempt.spanId} attempt={attempt} />
        ))}
      </ol>
      {skipped.length === 0 ? null : (
        <ul aria-label={t('skipped')} className="mt-2 space-y-1 text-xs text-ink-2">
          {skipped.map((model) => (
            <li key={`${model.modelId} ${model.detail}`}>
              {t('skippedModel', { name: model.modelName, reason: said(model.detail) })}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};

const AttemptRow = ({ attempt }: { readonly attempt: Attempt }): ReactElement => {
  const t = tracesText.useText();
  const { fault, check } = attempt;
  const figures = [
    attempt.waitedMs === null ? null : t('waitedBefore', { time: formatDuration(attempt.waitedMs) }),
    attempt.firstTokenMs === null ? null : t('firstTokenAfter', { time: formatDuration(attempt.firstTokenMs) }),
    attempt.tokensIn === null || attempt.tokensOut === null || attempt.tokensIn + attempt.tokensOut === 0
      ? null
      : t('tokensInOut', { in: formatNumber(attempt.tokensIn), out: formatNumber(attempt.tokensOut) }),
    attempt.costUsd === null || attempt.costUsd === 0 ? null : formatUsd(attempt.costUsd),
    check?.passed === true
      ? check.confidence === null
        ? t('draftPassed')
        : t('draftSure', { probability: check.confidence.toFixed(2) })
      : null,
    attempt.waitMs === null ? null : t('waitedAfter', { time: formatDuration(attempt.waitMs) }),
  ].filter((figure) => figure !== null);
  return (
    <li className="flex gap-3 py-2 text-xs">
      <span aria-hidden="true" className="tabular w-4 shrink-0 text-right leading-5 text-ink-3">
        {attempt.number}
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 text-sm font-medium break-words text-ink">{attempt.modelName}</span>
          {attempt.role === 'answer' ? null : <span className="text-ink-3">{t(`role.${attempt.role}`)}</span>}
          <Badge tone={toneOf(attempt)}>{t(`action.${attempt.action}`)}</Badge>
          <span className="tabular ml-auto text-ink-2">{formatDuration(attempt.durationMs)}</span>
        </div>
        {fault === null ? null : (
          <p className="mt-1 max-w-[72ch] text-ink-2">
            <b className="font-semibold text-ink">{t(`faultName.${fault.code}`)}</b>
            {` · ${t(`origin.${fault.origin}`)} · ${said(fault.detail)}`}
          </p>
        )}
        {check === null || check.reason === null ? null : (
          <p className="mt-1 max-w-[72ch] text-ink-2">{said(check.reason)}</p>
        )}
        {figures.length === 0 ? null : <p className="tabular mt-0.5 text-ink-3">{figures.join(' · ')}</p>}
      </div>
    </li>
  );
};
