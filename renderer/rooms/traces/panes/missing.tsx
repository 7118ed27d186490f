import { MessageSquareOff } from 'lucide-react';
import type { ReactElement } from 'react';
import type { TraceMessages } from '../../../../electron/contract/entities/trace-content.ts';
import { Button, EmptyState } from '../../../kit/index.ts';
import { usePlace } from '../../../state/index.ts';
import { toolsText } from '../tools/text.ts';

/** Why the words are not here, and the way to where that is decided. */
export const MissingWords = ({
  missing,
}: {
  readonly missing: NonNullable<TraceMessages['missing']>;
}): ReactElement => {
  const t = toolsText.useText();
  return (
    <EmptyState
      icon={MessageSquareOff}
      text={t(`missing.${missing}`)}
      {...(missing === 'removed'
        ? {}
        : {
            action: (
              <Button
                onClick={() => {
                  usePlace.getState().go('settings');
                }}
              >
                {t('toSettings')}
              </Button>
            ),
          })}
    />
  );
};
