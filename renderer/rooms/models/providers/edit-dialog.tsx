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

const MOST_AT_ONCE = 10_000;
const HEADER_EXAMPLE = 'cf-access-client-id: CF_CLIENT_ID';

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
      <Labelled
        label={t('address')}
        hint={config.kind === 'openai-compatible' ? t('addressHint') : t('addressOwn')}
        problem={shown(problems.address)}
      >
        {(ids) => (
          <Input
            {...ids}
            value={draft.baseUrl}
            spellCheck={false}
            placeholder={config.kind === 'openai-compatible' ? t('addressExample') : t('addressDefault')}
            className="font-mono text-xs placeholder:font-sans placeholder:text-sm"
            onChange={(event) => {
              set({ baseUrl: event.target.value });
            }}
          />
        )}
      </Labelled>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        <Labelled label={t('atOnce')} problem={shown(problems.atOnce)}>
          {(ids) => (
            <Input
              {...ids}
              value={draft.atOnce}
              inputMode="numeric"
              placeholder={t('noLimit')}
              onChange={(event) => {
                set({ atOnce: event.target.value });
              }}
            />
          )}
        </Labelled>
        <Labelled label={t('usdPerDay')} problem={shown(problems.usdPerDay)}>
          {(ids) => (
            <Input
              {...ids}
              value={draft.usdPerDay}
              inputMode="decimal"
              placeholder={t('noLimit')}
              onChange={(event) => {
                set({ usdPerDay: event.target.value });
              }}
            />
          )}
        </Labelled>
      </div>
      <Labelled label={t('headers')} hint={t('headersHint')} problem={shown(problems.headers)}>
        {(ids) => (
          <Textarea
            {...ids}
            rows={Math.max(2, draft.headers.split('\n').length)}
            spellCheck={false}
            className="font-mono text-xs"
            placeholder={HEADER_EXAMPLE}
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
