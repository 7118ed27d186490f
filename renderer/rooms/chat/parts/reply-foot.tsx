import { Copy, CornerDownRight, RefreshCw, ThumbsDown, ThumbsUp, Workflow } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Message } from '../../../../electron/contract/entities/chat.ts';
import type { FaultCode } from '../../../../electron/contract/faults.ts';
import { ROUTE_AUTO } from '../../../../electron/contract/names.ts';
import { Button, formatDuration, formatSpeed, formatUsd, RouteLine } from '../../../kit/index.ts';
import type { RouteStop, Tone } from '../../../kit/index.ts';
import { useLayout, usePlace } from '../../../state/index.ts';
import { useChatState } from '../state.ts';
import { say, text as words } from '../text.ts';
import type { ChatTextKey } from '../text.ts';
import { useAtRest } from '../transcript/rest.ts';
import { regenerate, sendMessage, stopTurn } from '../transcript/turns.ts';
import { BadAnswer } from './bad-answer.tsx';
import { BranchWalker } from './branch-walker.tsx';
import { copyText } from './copy.ts';
import type { MessageRowsProps } from './message-rows.tsx';
import { rate, unrate } from './rating.ts';
import { ToolButton } from './tool-button.tsx';
import { said } from '../../../common/core-words/index.ts';

const detailOf = (reply: Message['reply']): string => (reply?.fault ? said(reply.fault.detail) : say('failedNoDetail'));

const stopsOf = (message: Message): RouteStop[] => {
  const reply = message.reply;
  if (reply === null) return [];
  const tone: Tone = message.status === 'failed' ? 'failed' : (reply.route ?? 'neutral');
  const failed = message.status === 'failed';
  const chosen: RouteStop[] = [
    {
      name: reply.modelName ?? say('noModel'),
      state: failed ? 'passed' : 'chosen',
      tone,
      ...(failed ? { reason: detailOf(reply) } : {}),
    },
  ];
  if (!reply.degraded) return chosen;
  return [
    { name: words.t('degraded'), state: 'passed', reason: said(reply.degradedReason ?? ''), tone: 'degraded' },
    ...chosen,
  ];
};

interface EndingProps {
  readonly message: Message;
  readonly onAgain: () => void;
  /** Asks for the rest in a next message; null where that would not follow on this one. */
  readonly onContinue: (() => void) | null;
}

/** Where a person mends what only a person can. */
const PLACES: Partial<Record<FaultCode, { readonly room: 'models' | 'settings'; readonly words: ChatTextKey }>> = {
  auth: { room: 'models', words: 'openModels' },
  quota: { room: 'models', words: 'openModels' },
  not_found: { room: 'models', words: 'openModels' },
  no_candidate: { room: 'models', words: 'openModels' },
  model_file_corrupt: { room: 'models', words: 'openModels' },
  budget: { room: 'settings', words: 'openSettings' },
};

/** How a reply ended, when that was not simply well. */
function Ending({ message, onAgain, onContinue }: EndingProps): ReactNode {
  const { status, reply } = message;
  const detail = detailOf(reply);
  const cut = status === 'complete' && reply?.finishReason === 'length';
  if (status === 'complete' && !cut) return null;
  const place = status === 'failed' && reply?.fault ? PLACES[reply.fault.code] : undefined;
  const said = cut
    ? say('truncated')
    : status === 'stopped'
      ? say(message.text === '' ? 'stoppedEmpty' : 'stopped')
      : status === 'partial'
        ? words.t('partial', { detail })
        : words.t('failed', { detail });
  const tone =
    status === 'failed'
      ? 'border-failed text-failed-ink'
      : status === 'partial' || cut
        ? 'border-degraded text-degraded-ink'
        : 'border-line-strong text-ink-2';
  return (
    <div className={`mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 border-l-2 py-0.5 pl-3 text-sm ${tone}`}>
      <p className="min-w-0 flex-1 basis-56">{said}</p>
      <div className="flex flex-wrap gap-2">
        {place !== undefined && (
          <Button look="ghost" className="text-current" onClick={() => usePlace.getState().go(place.room)}>
            {say(place.words)}
          </Button>
        )}
        {onContinue !== null && message.text !== '' && status !== 'failed' && (
          <Button icon={CornerDownRight} onClick={onContinue}>
            {say('continue')}
          </Button>
        )}
        {!cut && (
          <Button icon={RefreshCw} onClick={onAgain}>
            {say('tryAgain')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Route line, figures and what one can do with a reply. */
export function ReplyFoot(props: MessageRowsProps): ReactNode {
  const { message, thread, index, total } = props;
  const atRest = useAtRest();
  const reply = message.reply;
  if (reply === null) return null;
  if (message.status === 'queued') {
    return (
      <div className="flex h-9 items-center">
        <Button look="ghost" className="-ml-3" onClick={() => stopTurn(message.turnId)}>
          {say('takeBack')}
        </Button>
      </div>
    );
  }
  if (message.status === 'streaming') return <div className="h-9" />;
  const again = (): void => void regenerate(thread, message);
  const last = index === total - 1;
  const goOn = (): void => {
    // Its conversation exists already, so route and lock are the ones it has.
    void sendMessage(thread, say('continueMessage'), { route: ROUTE_AUTO, private: false });
  };
  const figures = [
    reply.firstTokenMs === null ? null : words.t('firstToken', { time: formatDuration(reply.firstTokenMs) }),
    reply.tokensPerSecond === null ? null : formatSpeed(reply.tokensPerSecond),
    reply.route === 'cached' ? say('fromCache') : reply.costUsd > 0 ? formatUsd(reply.costUsd) : null,
  ].filter((figure) => figure !== null);
  const tone: Tone = message.status === 'failed' ? 'failed' : (reply.route ?? 'neutral');
  return (
    <div className="pt-1 pb-2">
      <Ending message={message} onAgain={again} onContinue={last ? goOn : null} />
      <div className="flex min-h-6 items-center gap-3 pt-1 text-xs text-ink-3">
        <RouteLine stops={stopsOf(message)} tone={tone} />
        <span className="tabular min-w-0 truncate">{figures.join(', ')}</span>
      </div>
      <div className={`-ml-2 flex h-8 items-center ${last ? '' : 'chat-tools'}`}>
        {atRest && <ReplyTools {...props} />}
      </div>
    </div>
  );
}

function ReplyTools({ message, thread, index }: MessageRowsProps): ReactNode {
  const { reply } = message;
  if (reply === null) return null;
  const again = (): void => void regenerate(thread, message);
  const showTrace = (): void => {
    usePlace.getState().set({ panelTraceId: reply.traceId });
    useChatState.getState().set({ panelMessageId: message.id });
    useLayout.getState().set({ panelOpen: true });
  };
  return (
    <>
      <ToolButton icon={Copy} label={say('copy')} onClick={() => void copyText(message.text)} />
      <ToolButton icon={RefreshCw} label={say('regenerate')} onClick={again} />
      <ToolButton
        icon={ThumbsUp}
        label={say('good')}
        aria-pressed={reply.rating === 'up'}
        filled={reply.rating === 'up'}
        onClick={() => void (reply.rating === 'up' ? unrate(thread, message) : rate(thread, message, 'up', null, ''))}
      />
      {reply.rating === 'down' ? (
        <ToolButton
          icon={ThumbsDown}
          label={say('bad')}
          aria-pressed
          filled
          onClick={() => void unrate(thread, message)}
        />
      ) : (
        <BadAnswer thread={thread} message={message} />
      )}
      <ToolButton icon={Workflow} label={say('showTrace')} onClick={showTrace} />
      <BranchWalker thread={thread} message={message} index={index} />
    </>
  );
}
