import { RotateCcw } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { ReactElement } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { IconButton } from '../../../kit/index.ts';
import { toolsText } from '../tools/text.ts';

const ReplayDialog = lazy(() => import('./replay-dialog.tsx').then((dialog) => ({ default: dialog.ReplayDialog })));

/** Opens what asks this request again. */
export const ReplayButton = ({ trace }: { readonly trace: Trace }): ReactElement => {
  const t = toolsText.useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton
        icon={RotateCcw}
        label={t('replay')}
        disabled={trace.status === 'running'}
        onClick={() => {
          setOpen(true);
        }}
      />
      {open ? (
        <Suspense fallback={null}>
          <ReplayDialog
            trace={trace}
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
};
