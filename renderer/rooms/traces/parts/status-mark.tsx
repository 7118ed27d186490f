import { CircleCheck, CircleDot, CircleSlash, CircleX } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import type { TraceRow } from '../../../../electron/contract/entities/trace.ts';
import { tracesText } from '../text.ts';

const LOOKS: Record<TraceRow['status'], { readonly icon: LucideIcon; readonly tint: string }> = {
  running: { icon: CircleDot, tint: 'text-local animate-wait' },
  ok: { icon: CircleCheck, tint: 'text-ink-3' },
  stopped: { icon: CircleSlash, tint: 'text-ink-3' },
  failed: { icon: CircleX, tint: 'text-failed' },
};

/** A shape for each state, named for those who do not see it. */
export const StatusMark = ({ status }: { readonly status: TraceRow['status'] }): ReactElement => {
  const t = tracesText.useText();
  const { icon: Icon, tint } = LOOKS[status];
  return (
    <span role="img" aria-label={t(`status.${status}`)} title={t(`status.${status}`)} className={`shrink-0 ${tint}`}>
      <Icon size={15} aria-hidden />
    </span>
  );
};
