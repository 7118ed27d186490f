import { Copy } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { DropdownMenu, IconButton, toast } from '../../../kit/index.ts';
import { call, faultOf } from '../../../link/index.ts';
import { toClipboard } from './clipboard.ts';
import { toolsText } from './text.ts';

const FORMS = ['curl-api', 'curl-provider', 'json', 'otlp'] as const;

/** Takes a trace elsewhere: as a command, as JSON, as a collector gets it. */
export const CopyMenu = ({ trace }: { readonly trace: Trace }): ReactElement => {
  const t = toolsText.useText();
  const copy = async (as: (typeof FORMS)[number]): Promise<void> => {
    try {
      const { text } = await call('trace.copy', { traceId: trace.id, as });
      toClipboard(text, t(`copy.${as}`));
    } catch (error) {
      toast({ text: t('copyFailed', { detail: faultOf(error).detail }), level: 'error' });
    }
  };
  return (
    <DropdownMenu
      align="end"
      trigger={<IconButton icon={Copy} label={t('copyAs')} />}
      items={FORMS.filter((as) => as !== 'curl-provider' || trace.route === 'cloud').map((as) => ({
        key: as,
        label: t(`copy.${as}`),
        separator: as === 'json',
        onSelect: () => void copy(as),
      }))}
    />
  );
};
