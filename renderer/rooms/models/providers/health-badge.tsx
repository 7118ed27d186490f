import { CircleCheck, CircleHelp, KeyRound, PowerOff, WifiOff } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ProviderHealth } from '../../../../electron/contract/providers.ts';
import { Badge } from '../../../kit/index.ts';
import type { Tone } from '../../../kit/index.ts';
import { modelsText } from '../text.ts';

const LOOKS: Record<ProviderHealth['state'], { readonly tone: Tone; readonly icon?: LucideIcon }> = {
  ok: { tone: 'local', icon: CircleCheck },
  untested: { tone: 'neutral', icon: CircleHelp },
  'no-key': { tone: 'degraded', icon: KeyRound },
  'key-refused': { tone: 'failed', icon: KeyRound },
  'out-of-quota': { tone: 'failed' },
  limited: { tone: 'degraded' },
  failing: { tone: 'failed' },
  offline: { tone: 'degraded', icon: WifiOff },
  disabled: { tone: 'neutral', icon: PowerOff },
};

/** How a provider is doing: colour, shape and word. */
export const HealthBadge = ({ state }: { readonly state: ProviderHealth['state'] }): ReactElement => {
  const t = modelsText.useText();
  const { tone, icon } = LOOKS[state];
  return (
    <Badge tone={tone} look="plain" {...(icon ? { icon } : {})}>
      {t(`health.${state}`)}
    </Badge>
  );
};
