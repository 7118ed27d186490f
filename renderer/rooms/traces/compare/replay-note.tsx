import { RotateCcw } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { Button } from '../../../kit/index.ts';
import { usePlace } from '../../../state/index.ts';
import { toolsText } from '../tools/text.ts';
import { replayOf } from './replay-of.ts';
import { useComparing } from './state.ts';

/** Says of a replay that it is one, and leads to what it replays. */
export const ReplayNote = ({ trace }: { readonly trace: Trace }): ReactElement | null => {
  const t = toolsText.useText();
  const first = replayOf(trace);
  if (first === null) return null;
  return (
    <div className="flex flex-wrap items-center gap-2 rounded-lg border border-line py-1 pr-1 pl-3 text-sm">
      <RotateCcw size={15} aria-hidden className="text-ink-3" />
      <span className="min-w-0 flex-1">{t('replayNoteText')}</span>
      <Button
        look="ghost"
        onClick={() => {
          usePlace.getState().set({ traceId: first });
        }}
      >
        {t('openFirst')}
      </Button>
      <Button
        look="ghost"
        onClick={() => {
          useComparing.getState().open(first, trace.id);
        }}
      >
        {t('compareBoth')}
      </Button>
    </div>
  );
};
