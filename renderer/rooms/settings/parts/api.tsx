import { CircleCheck, Copy, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Config } from '../../../../electron/contract/config.ts';
import type { ApiTokenEntry } from '../../../../electron/contract/providers.ts';
import { Badge, Button, formatDateTime, formatUsd, IconButton, Switch, toast } from '../../../kit/index.ts';
import { call, useAction, useCall } from '../../../link/index.ts';
import type { Change } from '../state.ts';
import { said } from '../../../common/core-words/index.ts';
import { text } from '../text.ts';
import { DraftInput } from './draft-input.tsx';
import { Row, Section, Value } from './section.tsx';
import { TokenDialog } from './token-dialog.tsx';

const MAX_PORT = 65_535;

const copy = (value: string, done: string, failed: string): void => {
  navigator.clipboard.writeText(value).then(
    () => toast({ level: 'success', text: done }),
    () => toast({ level: 'error', text: failed }),
  );
};

/** A token by name: what it may do and when it was last used. The token itself is shown nowhere. */
function TokenRow({ token }: { readonly token: ApiTokenEntry }) {
  const t = text.useText();
  const { run, busy, fault } = useAction(() => call('api.revokeToken', { name: token.name }));
  const limits = [
    token.requestsPerMinute === null ? null : t('tokenPerMinute', { value: token.requestsPerMinute }),
    token.concurrency === null ? null : t('tokenAtOnce', { value: token.concurrency }),
    token.usdPerDay === null ? null : t('tokenUsd', { value: formatUsd(token.usdPerDay) }),
  ].filter((part) => part !== null);
  const used =
    token.lastUsedAt === null ? t('tokenUnused') : t('tokenUsed', { time: formatDateTime(token.lastUsedAt) });
  return (
    <Row
      label={<span className="font-mono text-xs">{token.name}</span>}
      hint={[limits.length === 0 ? t('tokenNoLimits') : limits.join(' · '), used].join(' · ')}
      problem={fault?.detail ?? null}
    >
      {token.from === 'config' ? (
        <span className="text-xs text-ink-3">{t('tokenFromFile')}</span>
      ) : (
        <Button look="ghost" busy={busy} onClick={() => void run()}>
          {t('tokenRevoke')}
        </Button>
      )}
    </Row>
  );
}

export function ApiSection({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const [wrong, setWrong] = useState(false);
  const [creating, setCreating] = useState(false);
  const { data } = useCall('api.status', {}, { topics: ['api', 'settings'], keepPrevious: true });
  const { api } = config;
  const state = data?.state;
  const tone = state?.running === true ? 'local' : state?.problem ? 'failed' : 'neutral';
  return (
    <Section id="api" title={t('api')}>
      <Row label={t('apiEnabled')} hint={t('apiHint')} problem={said(state?.problem ?? '') || null}>
        <div className="flex items-center gap-3">
          <Badge
            tone={tone}
            look="plain"
            {...(tone === 'neutral' ? { icon: null } : tone === 'local' ? { icon: CircleCheck } : {})}
          >
            {state?.running === true ? t('apiRunning') : api.enabled && state?.problem ? t('apiFailed') : t('apiOff')}
          </Badge>
          <Switch
            label={t('apiEnabled')}
            checked={api.enabled}
            onChange={(enabled) => {
              change('api', { enabled });
            }}
          />
        </div>
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
      {state?.url ? (
        <Row label={t('apiAddress')}>
          <span className="flex items-center gap-1">
            <Value>{`${state.url}/v1`}</Value>
            <IconButton
              icon={Copy}
              label={t('apiCopyAddress')}
              onClick={() => {
                copy(`${state.url ?? ''}/v1`, t('copied'), t('copyFailed'));
              }}
            />
          </span>
        </Row>
      ) : null}
      {data?.tokens.map((token) => (
        <TokenRow key={token.name} token={token} />
      ))}
      <Row label={t('tokenNew')} hint={t('tokenNewHint')}>
        <Button
          icon={Plus}
          onClick={() => {
            setCreating(true);
          }}
        >
          {t('tokenCreate')}
        </Button>
      </Row>
      <TokenDialog
        open={creating}
        taken={data?.tokens.map(({ name }) => name) ?? []}
        onOpenChange={setCreating}
        onCopy={(token) => {
          copy(token, t('tokenCopied'), t('copyFailed'));
        }}
      />
    </Section>
  );
}
