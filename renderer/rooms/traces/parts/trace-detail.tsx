import { ArrowLeft, MessageSquare, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ReactElement } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { Button, ErrorState, IconButton, Skeleton } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import { useVersionNames } from '../../../link/version-names.ts';
import { usePlace } from '../../../state/index.ts';
import { CompareButton } from '../compare/compare-button.tsx';
import { ReplayButton } from '../compare/replay-button.tsx';
import { ReplayNote } from '../compare/replay-note.tsx';
import { DiagnosisCard } from '../diagnosis/diagnosis-card.tsx';
import { routeTellsReason, useDiagnosis } from '../diagnosis/use-diagnosis.ts';
import type { TraceQuery } from '../filters.ts';
import { DetailPanes } from '../panes/detail-panes.tsx';
import { tracesText } from '../text.ts';
import { CopyMenu } from '../tools/copy-menu.tsx';
import { AttemptsCard } from './attempts-card.tsx';
import { DecisionCard } from './decision-card.tsx';
import { Facts } from './facts.tsx';
import { FaultCard } from './fault-card.tsx';
import { RouteHead } from './route-head.tsx';
import { StatusMark } from './status-mark.tsx';
import { Waterfall } from './waterfall.tsx';

export interface TraceDetailProps {
  readonly traceId: string;
  /** Stands alone in the room, with the list behind it. */
  readonly alone: boolean;
  readonly onClose: () => void;
  /** Shows the list narrowed to this. */
  readonly onList: (query: TraceQuery) => void;
}

/** What happened to one request and why. */
export const TraceDetail = ({ traceId, alone, onClose, onList }: TraceDetailProps): ReactElement => {
  const t = tracesText.useText();
  const { data, fault, refetch } = useCall(
    'trace.get',
    { traceId },
    { topics: [`trace:${traceId}`], keepPrevious: true },
  );
  const trace = data?.id === traceId ? data : undefined;
  return (
    <section
      aria-label={t('detail')}
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
    >
      {trace === undefined ? (
        <>
          <header className="flex h-12 shrink-0 items-center justify-end px-3">
            <CloseButton alone={alone} onClose={onClose} />
          </header>
          {fault === null ? (
            <Skeleton lines={8} className="px-5 py-4" />
          ) : (
            <ErrorState text={t('traceFailed', { detail: fault.detail })} onRetry={refetch} />
          )}
        </>
      ) : (
        <Loaded trace={trace} alone={alone} onClose={onClose} onList={onList} />
      )}
    </section>
  );
};

const CloseButton = ({ alone, onClose }: { readonly alone: boolean; readonly onClose: () => void }): ReactElement => {
  const t = tracesText.useText();
  return alone ? (
    <Button autoFocus look="ghost" icon={ArrowLeft} onClick={onClose} className="mr-auto">
      {t('back')}
    </Button>
  ) : (
    <IconButton icon={X} label={t('close')} onClick={onClose} />
  );
};

const Loaded = ({
  trace,
  alone,
  onClose,
  onList,
}: Omit<TraceDetailProps, 'traceId'> & { readonly trace: Trace }): ReactElement => {
  const t = tracesText.useText();
  const openConversation = usePlace((place) => place.openConversation);
  const names = useVersionNames(trace.promptVersionId !== null);
  const version = trace.promptVersionId === null ? undefined : names.get(trace.promptVersionId);
  const diagnosis = useDiagnosis(trace);
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [trace.id]);
  const Heading = alone ? 'h1' : 'h2';
  const { conversationId, messageId } = trace;
  return (
    <>
      <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-1 border-b border-line px-3 py-2">
        {alone ? <CloseButton alone onClose={onClose} /> : null}
        <div className="flex min-w-0 flex-1 basis-48 items-center gap-2 px-2">
          <StatusMark status={trace.status} />
          <Heading className="line-clamp-2 text-base font-semibold" title={trace.preview}>
            {trace.preview === '' ? t('noText') : trace.preview}
          </Heading>
        </div>
        {conversationId === null ? null : (
          <Button
            look="ghost"
            icon={MessageSquare}
            onClick={() => {
              openConversation(conversationId, messageId);
            }}
          >
            {t('toMessage')}
          </Button>
        )}
        <CompareButton trace={trace} alone={alone} />
        <ReplayButton trace={trace} />
        <CopyMenu trace={trace} />
        {alone ? null : <CloseButton alone={false} onClose={onClose} />}
      </header>
      <DetailPanes
        trace={trace}
        overview={
          <div ref={scroller} className="scroll-y flex h-full min-h-0 flex-col gap-6 px-5 py-4">
            <ReplayNote trace={trace} />
            <DiagnosisCard trace={trace} state={diagnosis} onList={onList} />
            <RouteHead trace={trace} tellsReason={routeTellsReason(trace, diagnosis)} />
            <FaultCard trace={trace} />
            <AttemptsCard trace={trace} />
            <Facts
              trace={trace}
              promptName={
                version === undefined ? null : t('promptVersion', { name: version.name, number: version.number })
              }
            />
            <Waterfall key={trace.id} trace={trace} />
            <DecisionCard trace={trace} />
          </div>
        }
      />
    </>
  );
};
