import { memo } from 'react';
import type { ReactNode } from 'react';
import type { Message } from '../../../../electron/contract/entities/chat.ts';
import type { LiveTurn } from '../../../link/index.ts';
import { cx, formatTimeOfDay } from '../../../kit/index.ts';
import type { Block } from '../markdown/split.ts';
import { useChatState } from '../state.ts';
import { text as words } from '../text.ts';
import type { Doc } from '../transcript/doc.ts';
import type { Thread } from '../transcript/thread.ts';
import { BlockView } from './block-view.tsx';
import { EditMessage } from './edit-message.tsx';
import { ReplyFoot } from './reply-foot.tsx';
import { ReplyHead } from './reply-head.tsx';
import { UserFoot } from './user-foot.tsx';

export interface MessageRowsProps {
  readonly thread: Thread;
  readonly message: Message;
  readonly index: number;
  readonly total: number;
  /** Parts drawn, both included: 0 is the head, then a block each, then the foot. */
  readonly from: number;
  readonly to: number;
  readonly doc: Doc;
  readonly blocks: readonly Block[];
  readonly live: LiveTurn | null;
  readonly previousModelId: string | null;
  readonly measure: (element: HTMLElement | null) => (() => void) | undefined;
}

/** One message: an article of which only what is near the screen exists. */
export const MessageRows = memo(function MessageRows(props: MessageRowsProps): ReactNode {
  const { message, index, total, from, to, blocks, doc, live, measure } = props;
  const t = words.useText();
  const editing = useChatState((state) => state.editingId === message.id);
  const reply = message.role === 'assistant';
  const modelName = live?.route?.modelName ?? message.reply?.modelName ?? null;
  const time = formatTimeOfDay(message.createdAt);
  const label = !reply
    ? t('yourMessage', { time })
    : modelName === null
      ? t('replyPending')
      : t('replyMessage', { model: modelName, time });
  const writing = message.status === 'streaming';

  const rows: ReactNode[] = [];
  const add = (part: number, content: ReactNode, className?: string): void => {
    rows.push(
      <div key={part} ref={measure} data-index={index} data-part={part} data-message={message.id} className={className}>
        {content}
      </div>,
    );
  };
  for (let part = from; part <= to; part++) {
    if (part === 0) add(part, reply ? <ReplyHead {...props} modelName={modelName} /> : null, reply ? 'pt-5' : 'pt-6');
    else if (part === blocks.length + 1) {
      add(part, reply ? <ReplyFoot {...props} /> : <UserFoot {...props} editing={editing} />);
    } else if (editing) {
      add(part, part === 1 ? <EditMessage thread={props.thread} message={message} /> : null);
    } else {
      const block = blocks[part - 1];
      if (block === undefined) continue;
      const open = writing && part === blocks.length;
      const view = <BlockView block={block} open={open} doc={doc} at={part - 1} />;
      add(part, reply ? view : <UserBlock {...props} part={part} view={view} />);
    }
  }
  return (
    <article
      aria-label={label}
      aria-posinset={index + 1}
      aria-setsize={total}
      aria-busy={writing}
      data-role={message.role}
      data-status={message.status}
      className={cx(
        'chat-message group mx-auto w-full max-w-[calc(67ch+3rem)] px-6',
        reply ? 'chat-reply' : 'chat-user',
      )}
    >
      {rows}
    </article>
  );
});

function UserBlock({
  blocks,
  part,
  view,
}: MessageRowsProps & { readonly part: number; readonly view: ReactNode }): ReactNode {
  const first = part === 1;
  const last = part === blocks.length;
  return (
    <div
      className={cx(
        'ml-auto bg-hover px-3.5 text-ink',
        blocks.length === 1 ? 'w-fit max-w-[88%]' : 'w-[88%]',
        first && 'rounded-t-lg pt-2',
        last && 'rounded-b-lg pb-2',
      )}
    >
      {view}
    </div>
  );
}
