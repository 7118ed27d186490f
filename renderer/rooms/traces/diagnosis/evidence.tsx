import { Activity, Footprints, Layers, Scale } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { DiagnosisEvidence } from '../../../../electron/contract/entities/diagnosis.ts';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { said } from '../../../common/core-words/index.ts';
import { usePlace } from '../../../state/index.ts';
import type { TraceQuery } from '../filters.ts';
import { usualOf } from './likeness.ts';
import { useSpanAsk } from './span-ask.ts';
import { diagnosisText } from './text.ts';

const ICONS: Record<DiagnosisEvidence['kind'], LucideIcon> = {
  step: Footprints,
  usual: Scale,
  similar: Layers,
  trace: Activity,
};

export interface EvidenceProps {
  readonly trace: Trace;
  readonly evidence: readonly DiagnosisEvidence[];
  readonly onList: (query: TraceQuery) => void;
}

/** What speaks for a diagnosis, each with the way to see it for oneself. */
export const Evidence = ({ trace, evidence, onList }: EvidenceProps): ReactElement => {
  const t = diagnosisText.useText();
  const askSpan = useSpanAsk((state) => state.ask);
  const openTrace = usePlace((place) => place.openTrace);
  const links = ({ kind, spanId, traceIds = [] }: DiagnosisEvidence): ReactNode => {
    const others = traceIds.filter((other) => other !== trace.id);
    return (
      <>
        {spanId !== undefined && trace.spans.some((span) => span.id === spanId) ? (
          <Link
            onClick={() => {
              askSpan(spanId);
            }}
          >
            {t('showStep')}
          </Link>
        ) : null}
        {kind === 'usual' ? (
          <Link
            onClick={() => {
              onList(usualOf(trace));
            }}
          >
            {t('showUsual')}
          </Link>
        ) : null}
        {others.map((other, at) => (
          <Link
            key={other}
            label={t('similarOneName', { number: at + 1, count: others.length })}
            onClick={() => {
              openTrace(other);
            }}
          >
            {t('similarOne', { number: at + 1 })}
          </Link>
        ))}
      </>
    );
  };
  return (
    <ul className="space-y-1.5 text-sm">
      {evidence.map((each, at) => {
        const Icon = ICONS[each.kind];
        return (
          <li key={at} className="flex gap-2">
            <Icon size={14} aria-hidden className="mt-0.75 shrink-0 text-ink-3" />
            <span className="min-w-0 break-words">
              {said(each.text)} <span className="inline-flex flex-wrap gap-x-2">{links(each)}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
};

const Link = ({
  label,
  onClick,
  children,
}: {
  readonly label?: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}): ReactElement => (
  <button
    type="button"
    aria-label={label}
    onClick={onClick}
    className="rounded-sm text-xs font-medium text-ink-2 underline decoration-line-strong underline-offset-3 hover:text-ink hover:decoration-ink"
  >
    {children}
  </button>
);
