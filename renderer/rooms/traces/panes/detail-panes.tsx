import type { ReactElement, ReactNode } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { Tabs } from '../../../kit/index.ts';
import { toolsText } from '../tools/text.ts';
import { GapsPane } from './gaps-pane.tsx';
import { MessagesPane } from './messages-pane.tsx';
import { RawPane } from './raw-pane.tsx';
import { usePane } from './state.ts';

const PANE = 'scroll-y flex h-full min-h-0 flex-col gap-6 px-5 py-4';

/** A trace from four sides: what happened, what was said, how it travelled, how evenly it came. */
export const DetailPanes = ({
  trace,
  overview,
}: {
  readonly trace: Trace;
  readonly overview: ReactNode;
}): ReactElement => {
  const t = toolsText.useText();
  const { pane, show } = usePane();
  const side = (content: ReactNode): ReactElement => (
    <div key={trace.id} className={PANE}>
      {content}
    </div>
  );
  return (
    <Tabs
      className="flex-1"
      label={t('panes')}
      value={pane}
      onChange={show}
      items={[
        { value: 'overview', label: t('pane.overview'), content: overview },
        { value: 'messages', label: t('pane.messages'), content: side(<MessagesPane trace={trace} />) },
        { value: 'raw', label: t('pane.raw'), content: side(<RawPane trace={trace} />) },
        { value: 'gaps', label: t('pane.gaps'), content: side(<GapsPane trace={trace} />) },
      ]}
    />
  );
};
