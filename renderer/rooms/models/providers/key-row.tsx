import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { ProviderEntry } from '../../../../electron/contract/providers.ts';
import { Button, Input, Labelled, toast } from '../../../kit/index.ts';
import { call, useAction } from '../../../link/index.ts';
import { modelsText } from '../text.ts';
import { said } from '../../../common/core-words/index.ts';

/** Where the key is and how to change it. A key is never shown again. */
export const KeyRow = ({
  entry,
  keychain,
}: {
  readonly entry: ProviderEntry;
  readonly keychain: boolean;
}): ReactElement => {
  const t = modelsText.useText();
  const { config, keyFrom, hasKey } = entry;
  const [typed, setTyped] = useState('');
  const { run, busy, fault } = useAction((key: string | null) =>
    call('provider.setKey', { providerId: config.id, key }),
  );
  const env = config.apiKey !== undefined && 'env' in config.apiKey ? config.apiKey.env : null;
  const where =
    env !== null
      ? t(hasKey ? 'keyFromEnv' : 'keyEnvMissing', { name: env })
      : t(
          (
            {
              keychain: 'keyFromKeychain',
              session: 'keyFromSession',
              env: 'keyFromKeychain',
              none: 'keyFromNone',
            } as const
          )[keyFrom],
        );
  const save = async (): Promise<void> => {
    if (typed.trim() === '') return;
    if ((await run(typed.trim())) === undefined) return;
    setTyped('');
    toast({ level: 'success', text: t('keySaved') });
  };
  return (
    <div className="flex flex-col gap-2">
      <p className="flex items-center gap-2 text-sm">
        <KeyRound size={14} aria-hidden className={hasKey ? 'text-local' : 'text-ink-3'} />
        {where}
      </p>
      {env !== null ? null : (
        <form
          className="flex items-start gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <div className="min-w-0 flex-1">
            <Labelled
              label={hasKey ? t('keyReplace') : t('key')}
              hint={keychain ? t('keyKeptKeychain') : t('keyKeptSession')}
              problem={fault === null ? null : said(fault.detail)}
            >
              {(ids) => (
                <Input
                  {...ids}
                  type="password"
                  autoComplete="off"
                  spellCheck={false}
                  value={typed}
                  className="font-mono text-xs"
                  onChange={(event) => {
                    setTyped(event.target.value);
                  }}
                />
              )}
            </Labelled>
          </div>
          <div className="flex gap-2 pt-5.5">
            <Button type="submit" busy={busy} disabled={typed.trim() === ''}>
              {t('keySave')}
            </Button>
            {hasKey ? (
              <Button look="ghost" disabled={busy} onClick={() => void run(null)}>
                {t('keyForget')}
              </Button>
            ) : null}
          </div>
        </form>
      )}
    </div>
  );
};
