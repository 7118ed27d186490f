import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useCall } from '../../../link/index.ts';
import { text as words } from '../text.ts';

const MODELS = ['models', 'providers'] as const;

/** The lock, said where one writes: what a private conversation may reach. */
export function PrivateNote({ id }: { readonly id: string }): ReactNode {
  const t = words.useText();
  const models = useCall('model.list', {}, { topics: MODELS }).data?.models ?? [];
  const trusted = models.some((model) => model.kind === 'cloud' && model.trustedForPrivate && model.problem === null);
  return (
    <p id={id} className="flex items-center gap-1.5 px-3.5 pt-2 text-xs text-ink-2">
      <Lock size={12} aria-hidden className="shrink-0" />
      {t(trusted ? 'privateTrusted' : 'privateStays')}
    </p>
  );
}
