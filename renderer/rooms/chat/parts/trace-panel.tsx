import { ArrowUpRight, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Span, Trace } from '../../../../electron/contract/entities/trace.ts';
import { useCall } from '../../../link/index.ts';
import {
  Badge,
  Button,
  EmptyState,
  ErrorState,
  formatDuration,
  formatNumber,
  formatSpeed,
  formatTokens,
  formatUsd,
  IconButton,
  RouteLine,
  Skeleton,
} from '../../../kit/index.ts';
import type { RouteStop, Tone } from '../../../kit/index.ts';
import { useLayout, usePlace } from '../../../state/index.ts';
import { traceWords } from '../../../common/trace-words.ts';
import { text as words } from '../text.ts';
import { said } from '../../../common/core-words/index.ts';

const toneOf = (trace: Trace): Tone => (trace.status === 'failed' ? 'failed' : (trace.route ?? 'neutral'));

/** Who was not used, who failed on the way, who answered: the Traces room has the whole of it. */
const stopsOf = (trace: Trace): RouteStop[] => {
  const failed = trace.spans
    .filter((span) => span.kind === 'attempt' && span.fault !== null)
    .sort((a, b) => a.startMs - b.startMs);
  const asked = new Set(failed.map((span) => span.attributes['modelId']));
  const candidates = trace.decision?.candidates ?? [];
  const named = (id: unknown): string | undefined => candidates.find(({ modelId }) => modelId === id)?.modelName;
  const chosen = trace.status === 'failed' ? null : trace.modelName;
  return [
    ...candidates
      .filter(({ modelId }) => modelId !== trace.modelId && !asked.has(modelId))
      .map(({ modelName, rejected }): RouteStop => {
        return {
          name: modelName,
          state: 'rejected',
          reason: rejected === null ? words.t('notNeeded') : said(rejected),
          tone: 'neutral',
        };
      }),
    ...[...asked].map((id): RouteStop => {
      const last = failed.findLast((span) => span.attributes['modelId'] === id);
      const name = named(id) ?? last?.name ?? '';
      return { name, state: 'passed', reason: said(last?.fault?.detail ?? ''), tone: 'failed' };
    }),
    ...(chosen === null ? [] : [{ name: chosen, state: 'chosen', tone: toneOf(trace) } satisfies RouteStop]),
  ];
};

/** How the chosen reply came to be: decision, steps, figures. */
export function TracePanel(): ReactNode {
  const t = words.useText();
  const traceId = usePlace((place) => place.panelTraceId);
  const topics = traceId === null ? [] : [`trace:${traceId}`];
  const { data, fault, loading, refetch } = useCall('trace.get', traceId === null ? null : { traceId }, { topics });
  return (
    <section aria-label={t('panelOf')} className="flex h-full min-h-0 flex-col bg-app">
      <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line pr-2 pl-4">
        <h2 className="flex-1 text-sm font-semibold text-ink">{t('panel')}</h2>
        <IconButton icon={X} label={t('close')} onClick={() => useLayout.getState().set({ panelOpen: false })} />
      </header>
      {traceId === null ? (
        <EmptyState text={t('panelEmpty')} />
      ) : loading ? (
        <Skeleton lines={6} className="p-4" />
      ) : data === undefined ? (
        <ErrorState text={fault?.detail ?? t('panelFailed')} onRetry={refetch} />
      ) : (
        <Body trace={data} />
      )}
    </section>
  );
}

function Body({ trace }: { readonly trace: Trace }): ReactNode {
  const t = words.useText();
  const steps = traceWords.useText();
  const { decision } = trace;
  const failedIds = new Set(
    trace.spans
      .filter(({ kind, fault }) => kind === 'attempt' && fault !== null)
      .map((span) => span.attributes['modelId']),
  );
  if (trace.status !== 'failed') failedIds.delete(trace.modelId);
  const figures: [string, string][] = [
    [t('total'), trace.durationMs === null ? t('running') : formatDuration(trace.durationMs)],
    [t('firstTokenLabel'), formatDuration(trace.firstTokenMs)],
    [t('speed'), formatSpeed(trace.tokensPerSecond)],
    [t('tokensIn'), formatTokens(trace.tokensIn)],
    [t('tokensCached'), formatTokens(trace.tokensCached)],
    [t('tokensOut'), formatTokens(trace.tokensOut)],
    [t('cost'), trace.costUsd === 0 ? t(trace.route === 'cached' ? 'fromCache' : 'free') : formatUsd(trace.costUsd)],
  ];
  return (
    <div className="scroll-y min-h-0 flex-1 px-4 pb-6" tabIndex={0}>
      <div className="flex flex-wrap items-center gap-2 pt-4">
        {trace.modelName !== null && <Badge tone={toneOf(trace)}>{trace.modelName}</Badge>}
        {trace.degraded && <Badge tone="degraded">{t('degraded')}</Badge>}
        {trace.faultCode !== null && <Badge tone="failed">{steps(`faultName.${trace.faultCode}`)}</Badge>}
      </div>
      <div className="py-3">
        <RouteLine stops={stopsOf(trace)} tone={toneOf(trace)} live={trace.status === 'running'} />
      </div>
      <Button icon={ArrowUpRight} onClick={() => usePlace.getState().openTrace(trace.id)}>
        {t('openInTraces')}
      </Button>
      {decision !== null && (
        <Part title={t('decision')} aside={t('policy', { name: decision.policy })}>
          <ul className="flex flex-col gap-1 text-sm text-ink-2">
            {decision.reasons.map((reason) => (
              <li key={reason}>{said(reason)}</li>
            ))}
          </ul>
          <h4 className="mt-3 mb-1 text-xs font-medium text-ink-3">{t('candidates')}</h4>
          <ul className="flex flex-col gap-1.5 text-sm">
            {decision.candidates.map((candidate) => (
              <li key={candidate.modelId}>
                <span className="text-ink">{candidate.modelName}</span>
                <span className="block text-xs text-ink-3">
                  {failedIds.has(candidate.modelId)
                    ? t('candidateFailed')
                    : candidate.rejected !== null
                      ? t('notUsed', { reason: said(candidate.rejected) })
                      : candidate.modelId === decision.chosen
                        ? t('chosenWith', { score: formatNumber(Math.round((candidate.score ?? 0) * 100) / 100) })
                        : t('scored', { score: formatNumber(Math.round((candidate.score ?? 0) * 100) / 100) })}
                </span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title={t('timings')}>
        <dl className="tabular grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
          {figures.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-ink-3">{name}</dt>
              <dd className="text-right text-ink">{value}</dd>
            </div>
          ))}
        </dl>
      </Part>
      <Part title={t('steps')}>
        <Steps spans={trace.spans} totalMs={trace.durationMs} tone={toneOf(trace)} />
      </Part>
    </div>
  );
}

function Part({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className="mt-5 border-t border-line pt-3">
      <h3 className="mb-2 flex items-baseline gap-2 text-sm font-semibold text-ink">
        {title}
        {aside !== undefined && <span className="text-xs font-normal text-ink-3">{aside}</span>}
      </h3>
      {children}
    </section>
  );
}

const BAR: Partial<Record<Tone, string>> = { local: 'bg-local', cloud: 'bg-cloud', cached: 'bg-cached' };

/** The waterfall, small: one bar a step, each with its name and time in words. */
function Steps({
  spans,
  totalMs,
  tone,
}: {
  readonly spans: readonly Span[];
  readonly totalMs: number | null;
  readonly tone: Tone;
}): ReactNode {
  const t = traceWords.useText();
  const end = Math.max(totalMs ?? 0, 1, ...spans.map((span) => span.startMs + (span.durationMs ?? 0)));
  return (
    <ol className="flex flex-col gap-1.5">
      {[...spans]
        .sort((a, b) => a.startMs - b.startMs)
        .map((span) => (
          <li key={span.id} className="text-xs">
            <div className="flex justify-between gap-2">
              <span className={span.status === 'error' ? 'truncate text-failed-ink' : 'truncate text-ink-2'}>
                {t(`spanKind.${span.kind}`)}
                {span.kind === 'attempt' && ` ${span.name.replace(/^Attempt \d+: /, '')}`}
                {span.status === 'error' && ` · ${t('stepFailed')}`}
              </span>
              <span className="tabular shrink-0 text-ink-3">{formatDuration(span.durationMs)}</span>
            </div>
            <div className="mt-0.5 h-1 rounded-full bg-hover">
              <div
                className={`h-full min-w-0.5 rounded-full ${span.status === 'error' ? 'bg-failed' : (BAR[tone] ?? 'bg-line-strong')}`}
                style={{
                  marginLeft: `${(span.startMs / end) * 100}%`,
                  width: `${((span.durationMs ?? 0) / end) * 100}%`,
                }}
              />
            </div>
          </li>
        ))}
    </ol>
  );
}
