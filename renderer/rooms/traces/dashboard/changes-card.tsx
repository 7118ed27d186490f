import { CircleDollarSign, Cloud, Cpu, FileText, GitCompareArrows, Scale, TrendingUp } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useId } from 'react';
import type { ReactElement } from 'react';
import type { PeriodChange, PeriodDiagnosis } from '../../../../electron/contract/entities/diagnosis.ts';
import type { Fault } from '../../../../electron/contract/faults.ts';
import { said } from '../../../common/core-words/index.ts';
import { Button, Skeleton } from '../../../kit/index.ts';
import type { TraceQuery } from '../filters.ts';
import type { GroupName } from './names.ts';
import { dashboardText } from './text.ts';

const ICONS: Record<PeriodChange['what'], LucideIcon> = {
  prompt: FileText,
  provider: Cloud,
  machine: Cpu,
  mix: Scale,
  cost: CircleDollarSign,
  load: TrendingUp,
};

export interface ChangesCardProps {
  readonly period: PeriodDiagnosis | undefined;
  readonly fault: Fault | null;
  /** What it is compared with, in words. */
  readonly before: string;
  readonly nameOf: GroupName;
  readonly onList: (narrow: TraceQuery) => void;
}

/** What became different, most telling first, each with the traces behind it. */
export const ChangesCard = ({ period, fault, before, nameOf, onList }: ChangesCardProps): ReactElement => {
  const t = dashboardText.useText();
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-lg border border-line bg-raised px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-2">
        <h3 id={id} className="flex items-center gap-1.5 text-sm font-semibold">
          <GitCompareArrows size={14} aria-hidden className="text-ink-3" />
          {t('changes')}
        </h3>
        <span className="text-xs text-ink-3">{before}</span>
      </div>
      {period === undefined ? (
        fault === null ? (
          <Skeleton lines={2} className="mt-2" />
        ) : (
          <p className="mt-1 text-sm text-ink-2">{t('changesFailed', { detail: fault.detail })}</p>
        )
      ) : period.changes.length === 0 ? (
        <p className="mt-1 text-sm text-ink-2">{said(period.sentence)}</p>
      ) : (
        <ul className="mt-1">
          {period.changes.map((change, at) => {
            const Icon = ICONS[change.what];
            const { modelId, promptVersionId } = change.filter;
            const narrow: TraceQuery = {
              ...(modelId === undefined ? {} : { model: modelId }),
              ...(promptVersionId === undefined ? {} : { prompt: promptVersionId }),
            };
            return (
              <li key={at} className="flex flex-wrap items-center gap-x-3 border-t border-line/60 first:border-t-0">
                <span className="flex w-36 shrink-0 items-center gap-1.5 text-xs font-medium text-ink-2">
                  <Icon size={14} aria-hidden className="shrink-0 text-ink-3" />
                  {t(`what.${change.what}`)}
                </span>
                <p className="min-w-48 flex-1 py-1.5 text-sm">
                  {said(change.sentence)}
                  {promptVersionId === undefined ? null : (
                    <span className="text-ink-3">{` ${nameOf('prompt', promptVersionId)}`}</span>
                  )}
                </p>
                <Button
                  look="ghost"
                  className="-mr-3"
                  onClick={() => {
                    onList(narrow);
                  }}
                >
                  {t('showChange')}
                </Button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
};
