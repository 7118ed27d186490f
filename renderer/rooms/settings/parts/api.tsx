import { useState } from 'react';
import type { Config } from '../../../../electron/contract/config.ts';
import type { Change } from '../state.ts';
import { text } from '../text.ts';
import { DraftInput } from './draft-input.tsx';
import { Row, Section, Value } from './section.tsx';

const MAX_PORT = 65_535;
/** A command is written the same in every language. */
const SERVE = 'switchyard serve';

export function ApiSection({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const [wrong, setWrong] = useState(false);
  const { api } = config;
  return (
    <Section id="api" title={t('api')}>
      <Row label={t('apiStart')} hint={t('apiHint')}>
        <Value>{SERVE}</Value>
      </Row>
      <Row label={t('apiPort')} hint={t('apiPortHint')} problem={wrong ? t('apiPortWrong') : null}>
        <DraftInput
          className="tabular w-24 text-right"
          label={t('apiPort')}
          inputMode="numeric"
          value={String(api.port)}
          invalid={wrong}
          onCommit={(next) => {
            const port = /^\d{1,5}$/.test(next.trim()) ? Number(next) : Number.NaN;
            const fits = port >= 0 && port <= MAX_PORT;
            setWrong(!fits);
            if (fits) change('api', { port });
          }}
        />
      </Row>
      {api.port !== 0 && (
        <Row label={t('apiAddress')}>
          <Value>{`http://127.0.0.1:${api.port}/v1`}</Value>
        </Row>
      )}
    </Section>
  );
}
