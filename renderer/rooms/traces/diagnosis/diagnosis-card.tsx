import { CircleCheck, CircleHelp, Stethoscope, TriangleAlert } from 'lucide-react';
import { useId } from 'react';
import type { ReactElement } from 'react';
import type { Diagnosis } from '../../../../electron/contract/entities/diagnosis.ts';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { FAULT_ORIGINS } from '../../../../electron/contract/names.ts';
import { Badge, Button, cx, Skeleton } from '../../../kit/index.ts';
import type { Tone } from '../../../kit/index.ts';
import { said } from '../../../common/core-words/index.ts';
import type { TraceQuery } from '../filters.ts';
import { Evidence } from './evidence.tsx';
import { alikeOf } from './likeness.ts';
import { diagnosisText } from './text.ts';
import { isOver } from './use-diagnosis.ts';
import type { DiagnosisState } from './use-diagnosis.ts';

const TONES: Record<Diagnosis['about'], Tone> = {
  fault: 'failed',
  detour: 'degraded',
  slow: 'degraded',
  loading: 'neutral',
  costly: 'degraded',
  'low-rated': 'degraded',
  stopped: 'neutral',
  nothing: 'neutral',
};

export interface DiagnosisCardProps {
  readonly trace: Trace;
  readonly state: DiagnosisState;
  /** Shows the list narrowed to this. */
  readonly onList: (query: TraceQuery) => void;
}

/** The answer to "was it the model, the prompt, the infrastructure or me?", with what speaks for it and what to try. */
export const DiagnosisCard = ({ trace, state, onList }: DiagnosisCardProps): ReactElement | null => {
  const t = diagnosisText.useText();
  const { diagnosis: data, fault, refetch } = state;
  if (!isOver(trace)) return null;
  if (data === undefined)
    return (
      <section aria-label={t('title')} className="rounded-lg border border-line px-4 py-3">
        {fault === null ? (
          <Skeleton lines={3} />
        ) : (
          <p className="flex flex-wrap items-center gap-3 text-sm text-ink-2">
            {t('failed', { detail: fault.detail })}
            <Button onClick={refetch}>{t('tryAgain')}</Button>
          </p>
        )}
      </section>
    );
  if (data.about === 'nothing')
    return (
      <section
        aria-label={t(trace.degraded ? 'title' : 'usualTitle')}
        className="flex items-center gap-2 text-sm text-ink-2"
      >
        {trace.degraded ? (
          <TriangleAlert size={16} aria-hidden className="shrink-0 text-degraded-ink" />
        ) : (
          <CircleCheck size={16} aria-hidden className="shrink-0 text-ink-3" />
        )}
        <p>{said(data.sentence)}</p>
      </section>
    );
  return <Found trace={trace} diagnosis={data} onList={onList} />;
};

const Found = ({
  trace,
  diagnosis,
  onList,
}: Omit<DiagnosisCardProps, 'state'> & { readonly diagnosis: Diagnosis }): ReactElement => {
  const t = diagnosisText.useText();
  const id = useId();
  const alike = alikeOf(trace, diagnosis.about);
  return (
    <section aria-labelledby={id} className="@container rounded-lg border border-line bg-raised px-4 pt-3 pb-3.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <h3 id={id} className="flex items-center gap-1.5 text-xs font-medium text-ink-2">
          <Stethoscope size={14} aria-hidden className="text-ink-3" />
          {t('title')}
        </h3>
        <Badge tone={TONES[diagnosis.about]}>{t(`about.${diagnosis.about}`)}</Badge>
        {diagnosis.about === 'loading' ? null : <Origins diagnosis={diagnosis} />}
      </div>
      <p className="mt-2 max-w-[72ch] text-base font-medium text-ink select-text">{said(diagnosis.sentence)}</p>
      <Sureness diagnosis={diagnosis} />
      <div className="mt-3 grid gap-x-8 gap-y-3 @xl:grid-cols-2">
        {diagnosis.evidence.length === 0 ? null : (
          <div className="min-w-0">
            <h4 className="mb-1 text-xs font-medium text-ink-2">{t('evidence')}</h4>
            <Evidence trace={trace} evidence={diagnosis.evidence} onList={onList} />
          </div>
        )}
        {diagnosis.tries.length === 0 ? null : (
          <div className="min-w-0">
            <h4 className="mb-1 text-xs font-medium text-ink-2">{t('tries')}</h4>
            <ol className="space-y-1 text-sm">
              {diagnosis.tries.map((line, at) => (
                <li key={line} className="flex gap-2">
                  <span aria-hidden className="tabular shrink-0 text-ink-3">
                    {at + 1}
                  </span>
                  {said(line)}
                </li>
              ))}
            </ol>
          </div>
        )}
      </div>
      {alike === null ? null : (
        <Button
          look="ghost"
          className="-ml-3 mt-2"
          onClick={() => {
            onList(alike.query);
          }}
        >
          {t(alike.key)}
        </Button>
      )}
    </section>
  );
};

/** The four it can be, with the one it was lit: the same place every time, so that the eye learns it. */
const Origins = ({ diagnosis }: { readonly diagnosis: Diagnosis }): ReactElement => {
  const t = diagnosisText.useText();
  return (
    <ul aria-label={t('caused')} className="ml-auto flex flex-wrap gap-px overflow-hidden rounded-md bg-sunken text-xs">
      {FAULT_ORIGINS.map((origin) => {
        const found = diagnosis.origin === origin;
        return (
          <li
            key={origin}
            title={t(`originMeans.${origin}`)}
            className={cx(
              'flex h-6 items-center px-2',
              found ? 'rounded-md bg-accent font-semibold text-on-accent' : 'text-ink-3',
            )}
          >
            {t(`origin.${origin}`)}
            {found ? <span className="sr-only">{` (${t('found')})`}</span> : null}
          </li>
        );
      })}
    </ul>
  );
};

/** Said plainly when the evidence does not carry the sentence. */
const Sureness = ({ diagnosis }: { readonly diagnosis: Diagnosis }): ReactElement | null => {
  const t = diagnosisText.useText();
  const known = diagnosis.origin !== null || diagnosis.about === 'loading';
  if (diagnosis.about === 'stopped' || (known && diagnosis.confident)) return null;
  return (
    <p className="mt-1.5 flex items-start gap-1.5 text-xs text-ink-2">
      <CircleHelp size={14} aria-hidden className="mt-0.5 shrink-0 text-ink-3" />
      <span>
        <b className="font-semibold">{t(known ? 'likely' : 'notEnough')}</b>
        {` · ${t(known ? 'likelyMeans' : 'notEnoughMeans')}`}
      </span>
    </p>
  );
};
