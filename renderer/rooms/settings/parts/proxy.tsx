import { useEffect, useState } from 'react';
import type { Config } from '../../../../electron/contract/config.ts';
import { isProxyAddress } from '../../../../electron/contract/names.ts';
import { Select } from '../../../kit/index.ts';
import type { Change } from '../state.ts';
import { text } from '../text.ts';
import { DraftInput } from './draft-input.tsx';
import { Row } from './section.tsx';

const WAYS = ['system', 'none', 'own'] as const;
type Way = (typeof WAYS)[number];
const WAY_WORDS = { system: 'proxySystem', none: 'proxyNone', own: 'proxyOwn' } as const;
const EXAMPLE = 'http://proxy:3128';

const wayOf = (proxy: string): Way => (proxy === 'system' || proxy === 'none' ? proxy : 'own');

/** The way out: as the system says, directly, or through a proxy of one's own choice. */
export function ProxyRow({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const { proxy } = config.network;
  const saved = wayOf(proxy);
  const [way, setWay] = useState<Way>(saved);
  const [isWrong, setWrong] = useState(false);
  // The settings file may be changed by another hand.
  useEffect(() => {
    setWay(saved);
    setWrong(false);
  }, [saved]);
  // An address that is yet to be entered is chosen here, and saved when it is one.
  const shown = way === 'own' ? 'own' : saved;
  return (
    <>
      <Row label={t('proxy')} hint={t('proxyHint')}>
        <Select
          className="w-56"
          align="end"
          label={t('proxy')}
          value={shown}
          options={WAYS.map((value) => ({ value, label: t(WAY_WORDS[value]) }))}
          onChange={(next) => {
            const chosen = WAYS.find((value) => value === next);
            if (!chosen) return;
            setWay(chosen);
            setWrong(false);
            if (chosen !== 'own') change('network', { proxy: chosen });
          }}
        />
      </Row>
      {shown === 'own' ? (
        <Row label={t('proxyAddress')} hint={t('proxyAddressHint')} problem={isWrong ? t('proxyWrong') : null}>
          <DraftInput
            className="w-56 font-mono text-xs"
            label={t('proxyAddress')}
            placeholder={EXAMPLE}
            value={saved === 'own' ? proxy : ''}
            invalid={isWrong}
            onCommit={(typed) => {
              const fine = isProxyAddress(typed.trim());
              setWrong(!fine);
              if (fine) change('network', { proxy: typed.trim() });
            }}
          />
        </Row>
      ) : null}
    </>
  );
}
