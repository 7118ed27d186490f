import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Message } from '../../../../electron/contract/entities/chat.ts';
import { text as words } from '../text.ts';
import type { Thread } from '../transcript/thread.ts';
import { showBranch } from '../transcript/turns.ts';
import { ToolButton } from './tool-button.tsx';

interface BranchWalkerProps {
  readonly thread: Thread;
  readonly message: Message;
  readonly index: number;
}

/** `1 / 3`: walks the branches that begin with this message. */
export function BranchWalker({ thread, message, index }: BranchWalkerProps): ReactNode {
  const t = words.useText();
  const count = message.siblingIds.length;
  const at = message.siblingIds.indexOf(message.id);
  if (count < 2) return null;
  const go = (to: number): void => {
    const id = message.siblingIds[to];
    if (id !== undefined) void showBranch(thread, id, index);
  };
  return (
    <span role="group" aria-label={t('branchLabel', { at: at + 1, count })} className="inline-flex items-center">
      <ToolButton icon={ChevronLeft} label={t('previousBranch')} disabled={at <= 0} onClick={() => go(at - 1)} />
      <span className="tabular text-xs text-ink-2">{t('branch', { at: at + 1, count })}</span>
      <ToolButton icon={ChevronRight} label={t('nextBranch')} disabled={at >= count - 1} onClick={() => go(at + 1)} />
    </span>
  );
}
