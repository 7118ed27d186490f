import { CircleAlert, TriangleAlert, WifiOff, X } from 'lucide-react';
import { useState } from 'react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, cx, IconButton, toast } from '../kit/index.ts';
import { useCall, useLinkStatus, useSettings, useSignal } from '../link/index.ts';
import { usePlace } from '../state/index.ts';
import { appText } from './text.ts';
import { said } from '../common/core-words/index.ts';

interface BannerProps {
  readonly level: 'warning' | 'error';
  /** Another shape than the level's own. */
  readonly icon?: LucideIcon;
  readonly text: string;
  readonly action?: ReactNode;
  readonly onDismiss?: () => void;
}

function Banner({ level, text, action, onDismiss, icon }: BannerProps) {
  const t = appText.useText();
  const Icon = icon ?? (level === 'error' ? CircleAlert : TriangleAlert);
  return (
    <div
      className={cx(
        'flex min-h-10 items-center gap-2.5 border-b border-line py-1 pr-2 pl-4 text-sm',
        level === 'error' ? 'bg-failed-soft text-failed-ink' : 'bg-degraded-soft text-degraded-ink',
      )}
    >
      <Icon size={16} aria-hidden className="shrink-0" />
      <p className="min-w-0 flex-1 break-words">{text}</p>
      {action}
      {onDismiss && <IconButton icon={X} label={t('dismiss')} onClick={onDismiss} className="text-current" />}
    </div>
  );
}

/** What stands in the way, said at the top of every room: lost core, broken configuration, trouble found at start. */
export function Banners() {
  const t = appText.useText();
  const status = useLinkStatus();
  const info = useCall('app.info', {});
  const settings = useSettings();
  const room = usePlace((place) => place.room);
  const go = usePlace((place) => place.go);
  const [dismissed, setDismissed] = useState<readonly string[]>([]);
  useSignal('notice', ({ level, text }) => toast({ level, text: said(text) }));
  const dismiss = (text: string) => () => setDismissed((before) => [...before, text]);
  const problem = settings?.problem ?? null;
  const problems = (info.data?.problems ?? []).filter((text) => !dismissed.includes(text));
  return (
    <div role="status" aria-label={t('problems')} className="contents">
      {status === 'lost' && (
        <Banner
          level="error"
          text={t('linkLost')}
          action={
            <Button look="ghost" className="text-current" onClick={() => location.reload()}>
              {t('reload')}
            </Button>
          }
        />
      )}
      {problem !== null && room !== 'settings' && !dismissed.includes(problem) && (
        <Banner
          level="warning"
          text={said(problem)}
          onDismiss={dismiss(problem)}
          action={
            <Button look="ghost" className="text-current" onClick={() => go('settings')}>
              {t('openSettings')}
            </Button>
          }
        />
      )}
      <OfflineBanner />
      {problems.map((text) => (
        <Banner key={text} level="warning" text={said(text)} onDismiss={dismiss(text)} />
      ))}
    </div>
  );
}

const PROVIDERS = ['providers'] as const;

/** Nothing outside can be reached: said while it lasts, and only to who uses something outside. Goes by itself. */
function OfflineBanner(): ReactNode {
  const t = appText.useText();
  const listed = useCall('provider.list', {}, { topics: PROVIDERS }).data;
  const [signalled, setSignalled] = useState<boolean | null>(null);
  useSignal('network', ({ online }) => setSignalled(online));
  const online = signalled ?? listed?.network.online ?? true;
  const uses = (listed?.providers ?? []).some(({ config }) => config.enabled && config.kind !== 'local');
  return online || !uses ? null : <Banner level="warning" icon={WifiOff} text={t('offline')} />;
}
