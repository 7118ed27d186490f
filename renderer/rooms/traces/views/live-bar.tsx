import { ArrowUp, Radio } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button, formatNumber, Tooltip } from '../../../kit/index.ts';
import { viewsText } from './text.ts';
import { useLive } from './use-live.ts';

/** Whether new traces appear by themselves. */
export const LiveToggle = (): ReactElement => {
  const t = viewsText.useText();
  const { live, setLive } = useLive();
  return (
    <Tooltip text={t(live ? 'liveOn' : 'liveOff')}>
      <Button
        look="ghost"
        aria-pressed={live}
        onClick={() => {
          setLive(!live);
        }}
      >
        <Radio size={16} aria-hidden className={live ? 'text-local' : 'text-ink-3'} />
        {t('live')}
      </Button>
    </Tooltip>
  );
};

/** Says that traces wait above, without moving what one reads. */
export const NewTraces = ({ held, onShow }: { readonly held: number; readonly onShow: () => void }): ReactElement => {
  const t = viewsText.useText();
  const count = { count: held, value: formatNumber(held) };
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 top-10 z-20 flex justify-center">
      {held === 0 ? null : (
        <button
          type="button"
          aria-label={t('showNew', count)}
          onClick={onShow}
          className="tabular pointer-events-auto inline-flex h-8 animate-rise items-center gap-1.5 rounded-full bg-accent px-3.5 text-xs font-medium text-on-accent shadow-pop hover:bg-accent-hover"
        >
          <ArrowUp size={14} aria-hidden />
          {t('newTraces', count)}
        </button>
      )}
    </div>
  );
};
