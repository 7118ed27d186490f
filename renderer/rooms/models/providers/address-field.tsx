import type { ReactElement } from 'react';
import type { ProviderConfig } from '../../../../electron/contract/providers.ts';
import { Input, Labelled } from '../../../kit/index.ts';
import { modelsText } from '../text.ts';

/** Where a provider is: its own address unless another one is written, which a compatible server always needs. */
export const AddressField = ({
  kind,
  value,
  problem,
  onChange,
}: {
  readonly kind: ProviderConfig['kind'];
  readonly value: string;
  readonly problem: string | null;
  readonly onChange: (value: string) => void;
}): ReactElement => {
  const t = modelsText.useText();
  const isServer = kind === 'openai-compatible';
  return (
    <Labelled label={t('address')} hint={isServer ? t('addressHint') : t('addressOwn')} problem={problem}>
      {(ids) => (
        <Input
          {...ids}
          value={value}
          spellCheck={false}
          placeholder={isServer ? t('addressExample') : t('addressDefault')}
          className="font-mono text-xs placeholder:font-sans placeholder:text-sm"
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      )}
    </Labelled>
  );
};
