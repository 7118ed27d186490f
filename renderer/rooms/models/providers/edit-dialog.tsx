import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { ProviderConfig } from '../../../../electron/contract/providers.ts';
import { FormDialog, Input, Labelled, Textarea } from '../../../kit/index.ts';
import { readUsd, readWhole } from '../../../common/amounts.ts';
import { said } from '../../../common/core-words/index.ts';
import { readHeaders, writeHeaders } from '../../../common/headers.ts';
import { nameOf, urlProblem } from '../../../common/presets.ts';
import { call, useAction } from '../../../link/index.ts';
import { modelsText } from '../text.ts';
import { AddressField } from './address-field.tsx';

const MOST_AT_ONCE = 10_000;

interface Draft {
  readonly name: string;
  readonly baseUrl: string;
  readonly headers: string;
  readonly atOnce: string;
  readonly usdPerDay: string;
}

const draftOf = ({ name, baseUrl, headers, concurrency, usdPerDay }: ProviderConfig): Draft => ({
  name: name ?? '',
  baseUrl: baseUrl ?? '',
  headers: writeHeaders(headers ?? {}),
  atOnce: concurrency === 0 ? '' : String(concurrency),
  usdPerDay: usdPerDay === null ? '' : String(usdPerDay),
});

/** A provider's name, address, headers and limits. Its id stays: conversations and policies name models by it. */
export const EditDialog = ({
  config,
  open,
  onOpenChange,
}: {
  readonly config: ProviderConfig;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}): ReactElement => {
  const t = modelsText.useText();
  const [draft, setDraft] = useState(() => draftOf(config));
  const [tried, setTried] = useState(false);
  // Only opening begins anew: what is typed outlives a refresh of the list.
  const latest = useRef(config);
  latest.current = config;
  useEffect(() => {
    if (!open) return;
    setDraft(draftOf(latest.current));
    setTried(false);
  }, [open]);
  const set = (change: Partial<Draft>): void => {
    setDraft((now) => ({ ...now, ...change }));
  };
  const { run, busy, fault } = useAction((provider: ProviderConfig) => call('provider.save', { provider }));
  const unnamed: ProviderConfig = { ...config };
  delete unnamed.name;
  const headers = readHeaders(draft.headers);
  const atOnce = readWhole(draft.atOnce, MOST_AT_ONCE);
  const usdPerDay = readUsd(draft.usdPerDay);
  const address = urlProblem(draft.baseUrl, config.kind === 'openai-compatible');
  const problems = {
    address: address === null ? null : t(address),
    headers: 'wrongLine' in headers ? t('headersWrong', { line: headers.wrongLine }) : null,
    atOnce: atOnce === undefined ? t('atOnceWrong') : null,
    usdPerDay: usdPerDay === undefined ? t('usdWrong') : null,
  };
  const submit = async (): Promise<void> => {
    setTried(true);
    if (address !== null || 'wrongLine' in headers || atOnce === undefined || usdPerDay === undefined) return;
    const saved = await run({
      ...unnamed,
      ...(draft.name.trim() === '' ? {} : { name: draft.name.trim() }),
      baseUrl: draft.baseUrl.trim() === '' ? undefined : draft.baseUrl.trim(),
      headers: Object.keys(headers.headers).length === 0 ? undefined : headers.headers,
      concurrency: atOnce ?? 0,
      usdPerDay,
    });
    if (saved !== undefined) onOpenChange(false);
  };
  const shown = (problem: string | null): string | null => (tried ? problem : null);
  const limit = (name: 'atOnce' | 'usdPerDay', inputMode: 'numeric' | 'decimal'): ReactElement => (
    <Labelled label={t(name)} problem={shown(problems[name])}>
      {(ids) => (
        <Input
          {...ids}
          value={draft[name]}
          inputMode={inputMode}
          placeholder={t('noLimit')}
          onChange={(event) => {
            set({ [name]: event.target.value });
          }}
        />
      )}
    </Labelled>
  );
  return (
    <FormDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('editProvider', { name: nameOf(config) })}
      description={t('editProviderText', { id: config.id })}
      submitLabel={t('editProviderDo')}
      busy={busy}
      problem={fault === null ? null : said(fault.detail)}
      onSubmit={() => void submit()}
    >
      <Labelled label={t('providerName')}>
        {(ids) => (
          <Input
            {...ids}
            value={draft.name}
            maxLength={200}
            placeholder={nameOf(unnamed)}
            onChange={(event) => {
              set({ name: event.target.value });
            }}
          />
        )}
      </Labelled>
      <AddressField
        kind={config.kind}
        value={draft.baseUrl}
        problem={shown(problems.address)}
        onChange={(baseUrl) => {
          set({ baseUrl });
        }}
      />
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        {limit('atOnce', 'numeric')}
        {limit('usdPerDay', 'decimal')}
      </div>
      <Labelled label={t('headers')} hint={t('headersHint')} problem={shown(problems.headers)}>
        {(ids) => (
          <Textarea
            {...ids}
            rows={Math.max(2, draft.headers.split('\n').length)}
            spellCheck={false}
            className="font-mono text-xs"
            placeholder={t('headersExample')}
            value={draft.headers}
            onChange={(event) => {
              set({ headers: event.target.value });
            }}
          />
        )}
      </Labelled>
    </FormDialog>
  );
};
