import type { ReactNode } from 'react';
import { Badge } from '../../../kit/index.ts';
import type { Tone } from '../../../kit/index.ts';
import { say, text as words } from '../text.ts';
import type { MessageRowsProps } from './message-rows.tsx';
import { said } from '../../../common/core-words/index.ts';

/** Which model answers, by which route, and how far it is. */
export function ReplyHead(props: MessageRowsProps & { readonly modelName: string | null }): ReactNode {
  const { message, live, modelName, previousModelId } = props;
  const reply = message.reply;
  const active = message.status === 'streaming' || message.status === 'queued';
  const modelId = live?.route?.modelId ?? reply?.modelId ?? null;
  const route = live?.route?.route ?? reply?.route ?? null;
  const tone: Tone = route ?? 'neutral';
  const degraded = live?.route?.degraded ?? reply?.degraded ?? false;
  const reason = live?.route?.degradedReason ?? reply?.degradedReason ?? null;
  const changed = modelId !== null && previousModelId !== null && modelId !== previousModelId;
  const phase = live?.phase ?? (message.status === 'queued' ? 'queued' : 'routing');
  const waiting = active && (live?.text ?? '') === '';
  return (
    <>
      {changed && (
        <div className="mb-4 flex items-center gap-3 text-xs text-ink-3">
          <span className="h-px flex-1 bg-line" />
          {words.t('modelChanged', { model: modelName ?? '' })}
          <span className="h-px flex-1 bg-line" />
        </div>
      )}
      <div className="flex min-h-6 flex-wrap items-center gap-x-2 gap-y-1 pb-1.5">
        {modelName !== null && (
          <span data-testid="route-badge" className="inline-flex max-w-full">
            <Badge tone={tone} look="plain">
              {route === null ? modelName : `${modelName} · ${say(route)}`}
            </Badge>
          </span>
        )}
        {degraded && <Badge tone="degraded">{say('degraded')}</Badge>}
        {degraded && reason !== null && <span className="text-xs text-degraded-ink">{said(reason)}</span>}
        {waiting && (
          <span className="inline-flex max-w-full min-w-0 items-center gap-2 text-xs text-ink-3">
            <span className="size-1.5 shrink-0 animate-wait rounded-full bg-local" />
            <span className="truncate">
              {phase === 'queued' ? say('queuedHere') : say(`phase_${phase}`)}
              {(live?.phaseDetail ?? '') !== '' && ` · ${live?.phaseDetail ?? ''}`}
            </span>
          </span>
        )}
      </div>
    </>
  );
}
