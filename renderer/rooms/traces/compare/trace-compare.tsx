import { ArrowLeftRight, ExternalLink, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ReactElement } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { Badge, Button, ErrorState, formatDateTime, IconButton, RoomHeader, Skeleton } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import { useVersionNames } from '../../../link/version-names.ts';
import { usePlace } from '../../../state/index.ts';
import { StatusMark } from '../parts/status-mark.tsx';
import { toolsText } from '../tools/text.ts';
import { AnswerDiff } from './answer-diff.tsx';
import { FactTable } from './fact-table.tsx';
import { replayOf } from './replay-of.ts';
import { SpanTable } from './span-table.tsx';
import { useComparing } from './state.ts';

const useTrace = (traceId: string) => useCall('trace.get', { traceId }, { topics: [`trace:${traceId}`] });

/** Two requests beside each other: their facts, their steps, their answers. */
export const TraceCompare = ({ a, b }: { readonly a: string; readonly b: string }): ReactElement => {
  const t = toolsText.useText();
  const { close, open } = useComparing();
  const left = useTrace(a);
  const right = useTrace(b);
  const names = useVersionNames(true);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    section.current?.focus();
  }, []);
  const fault = left.fault ?? right.fault;
  const promptName = (trace: Trace): string => {
    const version = trace.promptVersionId === null ? undefined : names.get(trace.promptVersionId);
    if (trace.promptVersionId === null) return t('none');
    return version === undefined
      ? trace.promptVersionId.slice(-6)
      : t('promptVersion', { name: version.name, number: version.number });
  };
  return (
    <section
      ref={section}
      tabIndex={-1}
      aria-label={t('comparison')}
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface outline-none"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) close();
      }}
    >
      <RoomHeader title={t('comparison')} line>
        <Button
          look="ghost"
          icon={ArrowLeftRight}
          onClick={() => {
            open(b, a);
          }}
        >
          {t('swap')}
        </Button>
        <IconButton icon={X} label={t('closeComparison')} onClick={close} />
      </RoomHeader>
      {left.data === undefined || right.data === undefined ? (
        fault === null ? (
          <Skeleton lines={10} className="px-5 py-4" />
        ) : (
          <ErrorState
            text={t('paneFailed', { detail: fault.detail })}
            onRetry={() => {
              left.refetch();
              right.refetch();
            }}
          />
        )
      ) : (
        <div className="scroll-y min-h-0 flex-1">
          <div className="mx-auto flex max-w-6xl flex-col gap-7 px-5 py-4">
            <div className="grid grid-cols-2 gap-4">
              <Side name={t('sideA')} trace={left.data} />
              <Side
                name={t('sideB')}
                trace={right.data}
                note={replayOf(right.data) === a ? t('replayOf') : replayOf(right.data) === null ? null : t('isReplay')}
              />
            </div>
            <FactTable a={left.data} b={right.data} promptName={promptName} />
            <AnswerDiff a={a} b={b} />
            <SpanTable a={left.data} b={right.data} />
          </div>
        </div>
      )}
    </section>
  );
};

const Side = ({
  name,
  trace,
  note = null,
}: {
  readonly name: string;
  readonly trace: Trace;
  readonly note?: string | null;
}): ReactElement => {
  const t = toolsText.useText();
  const close = useComparing((comparing) => comparing.close);
  return (
    <div className="min-w-0 rounded-lg border border-line px-3 py-2">
      <div className="flex min-h-8 items-center gap-2">
        <span className="text-xs font-medium text-ink-3">{name}</span>
        {note === null ? null : <Badge tone="neutral">{note}</Badge>}
        <Button
          look="ghost"
          icon={ExternalLink}
          className="ml-auto"
          onClick={() => {
            close();
            usePlace.getState().set({ traceId: trace.id });
          }}
        >
          {t('openTrace')}
        </Button>
      </div>
      <p className="flex items-start gap-2 text-sm">
        <span className="mt-0.5 shrink-0">
          <StatusMark status={trace.status} />
        </span>
        <span className="line-clamp-2 min-w-0 break-words" title={trace.preview}>
          {trace.preview === '' ? trace.id : trace.preview}
        </span>
      </p>
      <p className="tabular mt-1 text-xs text-ink-3">{formatDateTime(trace.startedAt)}</p>
    </div>
  );
};
