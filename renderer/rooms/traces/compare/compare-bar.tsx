import { GitCompare } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../../kit/index.ts';
import { toolsText } from '../tools/text.ts';
import { useComparing } from './state.ts';

/** Over the list while the second of two traces is to be chosen. */
export const CompareBar = (): ReactElement | null => {
  const t = toolsText.useText();
  const first = useComparing((comparing) => comparing.first);
  const cancel = useComparing((comparing) => comparing.cancel);
  if (first === null) return null;
  return (
    <div role="status" className="flex min-h-10 items-center gap-3 border-y border-line bg-selected px-4 py-1 text-sm">
      <GitCompare size={16} aria-hidden className="shrink-0 text-ink-2" />
      <span className="min-w-0 flex-1">
        <span className="font-medium">{t('picking')}</span>
        <span className="block truncate text-xs text-ink-2" title={first.name}>
          {`${t('pickingFirst', { name: first.name })} · ${t('pickHint')}`}
        </span>
      </span>
      <Button look="ghost" onClick={cancel}>
        {t('cancelPick')}
      </Button>
    </div>
  );
};
