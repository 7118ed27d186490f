import type { Config } from '../../../../electron/contract/config.ts';
import { formatPercent, Select, Slider, Switch } from '../../../kit/index.ts';
import type { Change } from '../state.ts';
import { text } from '../text.ts';
import { EgressLog } from './egress-log.tsx';
import { ProxyRow } from './proxy.tsx';
import { Row, Section } from './section.tsx';

const EXACT = ['off', 'deterministic', 'always'] as const;
const EXACT_TEXT = { off: 'cacheOff', deterministic: 'cacheSure', always: 'cacheAlways' } as const;
const MOST_WRONG = 0.1;

/** What leaves this machine, and what is kept to answer again. */
export function PrivacySection({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const { cache } = config;
  return (
    <Section id="privacy" title={t('privacy')}>
      <Row label={t('egress')} hint={t('egressHint')} />
      <EgressLog />
      <ProxyRow config={config} change={change} />
      <Row label={t('cacheExact')} hint={t('cacheExactHint')}>
        <Select
          className="w-56"
          align="end"
          label={t('cacheExact')}
          value={cache.exact}
          options={EXACT.map((value) => ({ value, label: t(EXACT_TEXT[value]) }))}
          onChange={(next) => {
            const exact = EXACT.find((value) => value === next);
            if (exact) change('cache', { exact });
          }}
        />
      </Row>
      <Row label={t('cacheSemantic')} hint={t('cacheSemanticHint')}>
        <Switch
          label={t('cacheSemantic')}
          checked={cache.semantic}
          onChange={(semantic) => {
            change('cache', { semantic });
          }}
        />
      </Row>
      {cache.semantic ? (
        <Row label={t('cacheWrong')} hint={t('cacheWrongHint', { value: formatPercent(cache.semanticMaxWrongShare) })}>
          <Slider
            className="w-56"
            label={t('cacheWrong')}
            min={0.01}
            max={MOST_WRONG}
            step={0.01}
            value={Math.min(MOST_WRONG, cache.semanticMaxWrongShare)}
            format={formatPercent}
            onChange={(semanticMaxWrongShare) => {
              change('cache', { semanticMaxWrongShare });
            }}
          />
        </Row>
      ) : null}
    </Section>
  );
}
