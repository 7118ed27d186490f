import { againHelps } from '../../../common/again.ts';
import { CircleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Fault } from '../../../../electron/contract/faults.ts';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { tracesText } from '../text.ts';
import { isEscalated, nameOf } from '../attempts.ts';
import { said } from '../../../common/core-words/index.ts';

/** The deepest failed step's fault says most; the row itself only keeps the code. A doubted draft that was replaced is none. */
export const faultOf = (trace: Trace): Fault | null => {
  let found: Fault | null = null;
  let latest = -1;
  const settled = isEscalated(trace);
  for (const span of trace.spans) {
    if (settled && span.fault?.code === 'unverified') continue;
    if (span.fault !== null && span.startMs >= latest) {
      latest = span.startMs;
      found = span.fault;
    }
  }
  return found;
};

/** Answers "was it the model, the prompt, the machine or me?" first, then what to do. */
export const FaultCard = ({ trace }: { readonly trace: Trace }): ReactElement | null => {
  const t = tracesText.useText();
  const fault = faultOf(trace);
  const code = trace.faultCode ?? fault?.code ?? null;
  const origin = trace.faultOrigin ?? fault?.origin ?? null;
  if (code === null || origin === null) return null;
  const calm = code === 'cancelled';
  const recovered = trace.faultCode === null && trace.status !== 'failed';
  const look = calm
    ? { ground: 'border-line bg-sunken', ink: 'text-ink-2' }
    : recovered
      ? { ground: 'border-degraded/40 bg-degraded-soft', ink: 'text-degraded-ink' }
      : { ground: 'border-failed/40 bg-failed-soft', ink: 'text-failed-ink' };
  return (
    <section aria-label={t('fault')} className={`rounded-lg border px-4 py-3 ${look.ground}`}>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <CircleAlert size={16} aria-hidden="true" className={look.ink} />
        <h3 className={`text-sm font-semibold ${look.ink}`}>{t(`faultName.${code}`)}</h3>
        <code className="font-mono text-2xs text-ink-2">{code}</code>
        {recovered && trace.status === 'ok' ? (
          <span className="ml-auto text-xs text-ink-2">{t('recovered')}</span>
        ) : null}
      </div>
      {fault === null ? null : <p className="mt-1.5 text-sm">{said(fault.detail)}</p>}
      <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-xs">
        <dt className="text-ink-2">{t('filter.origin')}</dt>
        <dd>
          <b className="font-semibold">{t(`origin.${origin}`)}</b>
          {` · ${t(`originMeans.${origin}`)}`}
        </dd>
        <dt className="text-ink-2">{t('whatToDo')}</dt>
        <dd>
          {t(`faultHelp.${code}`)}
          {fault === null || calm ? '' : ` ${t(`again.${againHelps(fault)}`)}`}
        </dd>
        {fault?.provider === undefined ? null : (
          <>
            <dt className="text-ink-2">{t('column.model')}</dt>
            <dd className="min-w-0 break-words">{nameOf(trace, fault.provider, fault.provider)}</dd>
          </>
        )}
      </dl>
    </section>
  );
};
