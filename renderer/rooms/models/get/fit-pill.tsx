import { Check, Gauge, X } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Fit } from '../../../../electron/contract/entities/library.ts';
import { Badge, formatBytes, formatNumber, formatSpeed, Tooltip } from '../../../kit/index.ts';
import type { Tone } from '../../../kit/index.ts';
import { modelsText } from '../text.ts';

const LOOKS = {
  fits: { tone: 'local', icon: Check },
  'may-be-slow': { tone: 'degraded', icon: Gauge },
  'wont-fit': { tone: 'failed', icon: X },
} as const satisfies Record<Fit['fit'], { tone: Tone; icon: unknown }>;

/** Says in words why a model fits or not. */
export const fitWords = (fit: Fit): string => {
  const { t } = modelsText;
  const need = t('fit.need', {
    need: formatBytes(fit.needBytes),
    context: formatNumber(fit.contextTokens),
    total: formatBytes(fit.totalBytes),
  });
  const speed =
    fit.tokensPerSecond === null ? t('fit.noSpeed') : t('fit.speed', { speed: formatSpeed(fit.tokensPerSecond) });
  if (fit.because === 'memory') return need;
  const now =
    fit.because === 'memory-now' && fit.freeBytes !== null
      ? ` ${t('fit.now', { free: formatBytes(fit.freeBytes) })}`
      : '';
  return `${need}${now} ${speed}`;
};

/** Fits, May be slow, Won't fit. The reason is one hover or focus away, and read aloud with it. */
export const FitPill = ({ fit }: { readonly fit: Fit }): ReactElement => {
  const t = modelsText.useText();
  const { tone, icon } = LOOKS[fit.fit];
  const words = fitWords(fit);
  return (
    <Tooltip text={words}>
      <span
        tabIndex={0}
        className="inline-flex min-w-0 rounded-sm"
        aria-label={`${t(`fit.${fit.fit}`)}. ${words}`}
        role="note"
      >
        <Badge tone={tone} icon={icon}>
          {t(`fit.${fit.fit}`)}
        </Badge>
      </span>
    </Tooltip>
  );
};
