import { Copy, Pencil } from 'lucide-react';
import type { ReactNode } from 'react';
import { useChatState } from '../state.ts';
import { say } from '../text.ts';
import { useAtRest } from '../transcript/rest.ts';
import { BranchWalker } from './branch-walker.tsx';
import { copyText } from './copy.ts';
import type { MessageRowsProps } from './message-rows.tsx';
import { ToolButton } from './tool-button.tsx';

export function UserFoot(props: MessageRowsProps & { readonly editing: boolean }): ReactNode {
  const { message, thread, index, editing } = props;
  const atRest = useAtRest();
  if (editing) return null;
  return (
    <div className="flex h-8 items-center justify-end">
      {atRest && (
        <span className="chat-tools flex">
          <ToolButton icon={Copy} label={say('copy')} onClick={() => void copyText(message.text)} />
          <ToolButton
            icon={Pencil}
            label={say('edit')}
            onClick={() => useChatState.getState().set({ editingId: message.id })}
          />
        </span>
      )}
      <BranchWalker thread={thread} message={message} index={index} />
    </div>
  );
}
