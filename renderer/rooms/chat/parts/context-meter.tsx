import { useImperativeHandle, useRef, useState } from 'react';
import type { ReactNode, Ref } from 'react';
import { formatTokens, Meter } from '../../../kit/index.ts';
import { text as words } from '../text.ts';
import type { Thread } from '../transcript/thread.ts';
import { useThread } from './use-thread.ts';

export interface ContextMeterHandle {
  /** The draft is this long now. */
  typed(chars: number): void;
}

const CHARS_A_TOKEN = 3.6;
const SHOW_AFTER_MS = 200;
const NEARLY_FULL = 0.85;

/** `used total` of the last reply that says both. */
const selectUsed = (thread: Thread): string => {
  for (let at = thread.total() - 1; at >= 0 && at > thread.total() - 30; at--) {
    const reply = thread.at(at)?.reply;
    if (reply === null || reply === undefined || reply.contextTokens === null) continue;
    if (reply.tokensIn > 0) return `${reply.tokensIn + reply.tokensOut} ${reply.contextTokens}`;
  }
  return '';
};

interface ContextMeterProps {
  readonly thread: Thread;
  readonly ref: Ref<ContextMeterHandle>;
}

/** How much of the model's window the conversation and the draft take. */
export function ContextMeter({ thread, ref }: ContextMeterProps): ReactNode {
  const t = words.useText();
  const known = useThread(thread, selectUsed);
  const [draftTokens, setDraftTokens] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useImperativeHandle(ref, () => ({
    typed(chars) {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setDraftTokens(Math.ceil(chars / CHARS_A_TOKEN)), SHOW_AFTER_MS);
    },
  }));
  if (known === '') return null;
  const [past = 0, total = 0] = known.split(' ').map(Number);
  const used = past + draftTokens;
  const full = used / total > NEARLY_FULL;
  const values = { used: formatTokens(used), total: formatTokens(total) };
  return (
    <span className="mr-2 flex items-center gap-2 text-xs text-ink-3">
      <Meter
        label={t('context')}
        value={Math.min(used, total)}
        max={total}
        text={full ? t('contextLong', values) : t('contextText', values)}
        tone={full ? 'degraded' : 'neutral'}
        className="w-12"
      />
    </span>
  );
}
