import { GitCompare } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { IconButton } from '../../../kit/index.ts';
import { usePlace } from '../../../state/index.ts';
import { toolsText } from '../tools/text.ts';
import { useComparing } from './state.ts';

/** Picks this trace as one of two, and goes back to the list where it covers it. */
export const CompareButton = ({ trace, alone }: { readonly trace: Trace; readonly alone: boolean }): ReactElement => {
  const t = toolsText.useText();
  const first = useComparing((comparing) => comparing.first);
  const pick = useComparing((comparing) => comparing.pick);
  const second = first !== null && first.id !== trace.id;
  return (
    <IconButton
      icon={GitCompare}
      label={second ? t('compareWith') : t('comparePick')}
      aria-pressed={first?.id === trace.id}
      onClick={() => {
        pick(trace.id, trace.preview === '' ? trace.id : trace.preview);
        if (alone && !second) usePlace.getState().set({ traceId: null });
      }}
    />
  );
};
