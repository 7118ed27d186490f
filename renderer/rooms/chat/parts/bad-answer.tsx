import { ThumbsDown } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Message } from '../../../../electron/contract/entities/chat.ts';
import { FEEDBACK_REASONS } from '../../../../electron/contract/names.ts';
import { Button, cx, Textarea } from '../../../kit/index.ts';
import { say, text as words } from '../text.ts';
import type { Thread } from '../transcript/thread.ts';
import { rate } from './rating.ts';
import type { Reason } from './rating.ts';
import { ToolButton } from './tool-button.tsx';

interface BadAnswerProps {
  readonly thread: Thread;
  readonly message: Message;
}

/** The button alone until it is pressed: a popover part for each reply would cost every frame of scrolling. */
export function BadAnswer(props: BadAnswerProps): ReactNode {
  const [open, setOpen] = useState(false);
  if (!open) {
    return (
      <ToolButton
        icon={ThumbsDown}
        label={say('bad')}
        aria-haspopup="dialog"
        aria-pressed={false}
        onClick={() => setOpen(true)}
      />
    );
  }
  return <Asking {...props} onClose={() => setOpen(false)} />;
}

function Asking({ thread, message, onClose }: BadAnswerProps & { readonly onClose: () => void }): ReactNode {
  const t = words.useText();
  const [reason, setReason] = useState<Reason | null>(null);
  const [note, setNote] = useState('');
  const save = (): void => {
    onClose();
    void rate(thread, message, 'down', reason, note.trim());
  };
  return (
    <Popover.Root open onOpenChange={(open) => !open && onClose()}>
      <Popover.Trigger asChild>
        <ToolButton icon={ThumbsDown} label={t('bad')} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          aria-label={t('badTitle')}
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={12}
          className="z-50 w-80 animate-appear rounded-lg bg-raised p-4 shadow-pop"
        >
          <p className="text-sm font-semibold text-ink">{t('badTitle')}</p>
          <div className="mt-2.5 flex flex-wrap gap-1.5" role="group" aria-label={t('badTitle')}>
            {FEEDBACK_REASONS.map((each) => (
              <button
                key={each}
                type="button"
                aria-pressed={reason === each}
                onClick={() => setReason(reason === each ? null : each)}
                className={cx(
                  'h-8 rounded-full px-3 text-sm ring-1 ring-inset',
                  reason === each
                    ? 'bg-accent text-on-accent ring-accent'
                    : 'text-ink-2 ring-line-strong/60 hover:bg-hover',
                )}
              >
                {t(`reason.${each}`)}
              </button>
            ))}
          </div>
          <Textarea
            aria-label={t('badNote')}
            placeholder={t('badNoteHint')}
            value={note}
            maxLength={5_000}
            rows={3}
            onChange={(event) => setNote(event.target.value)}
            className="mt-3 w-full"
          />
          <div className="mt-3 flex justify-end gap-2">
            <Button look="ghost" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button look="primary" onClick={save}>
              {t('badSend')}
            </Button>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
