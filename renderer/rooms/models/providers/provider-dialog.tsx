import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { ProviderConfig, ProviderEntry } from '../../../../electron/contract/providers.ts';
import { Checkbox, FormDialog, Input, Labelled, Select } from '../../../kit/index.ts';
import { call, useAction } from '../../../link/index.ts';
import { modelsText } from '../text.ts';
import { freeId, idProblem, PRESETS, urlProblem } from '../../../common/presets.ts';
import { said as inWords } from '../../../common/core-words/index.ts';
import { AddressField } from './address-field.tsx';

type KeyPlace = 'none' | 'keychain' | 'env';

interface Draft {
  readonly preset: string;
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly place: KeyPlace;
  readonly key: string;
  readonly env: string;
  readonly trusted: boolean;
  /** The id was written by hand: it no longer follows the name. */
  readonly ownId: boolean;
}

const draftOf = (presetId: string, taken: readonly string[]): Draft => {
  const preset = PRESETS.find(({ id }) => id === presetId) ?? PRESETS[0];
  const id = preset?.id ?? 'server';
  return {
    preset: id,
    id: freeId(id, taken),
    name: preset?.name ?? '',
    baseUrl: preset?.baseUrl ?? '',
    place: preset?.key === true ? 'keychain' : 'none',
    key: '',
    env: '',
    trusted: false,
    ownId: false,
  };
};

/** A provider with its address and key. The key is kept apart from the settings file and never shown again. */
export const ProviderDialog = ({
  open,
  onOpenChange,
  taken,
  keychain,
  onAdded,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly taken: readonly string[];
  /** Whether this system has a keychain. */
  readonly keychain: boolean;
  readonly onAdded: (entry: ProviderEntry) => void;
}): ReactElement => {
  const t = modelsText.useText();
  const [draft, setDraft] = useState(() => draftOf('openai', taken));
  const [tried, setTried] = useState(false);
  const latestTaken = useRef(taken);
  latestTaken.current = taken;
  // Only opening begins anew: what is typed outlives a refresh of the list.
  useEffect(() => {
    if (!open) return;
    setDraft(draftOf('openai', latestTaken.current));
    setTried(false);
  }, [open]);
  const set = (change: Partial<Draft>): void => {
    setDraft((now) => ({ ...now, ...change }));
  };
  const preset = PRESETS.find(({ id }) => id === draft.preset);
  const kind = preset?.kind ?? 'openai-compatible';
  const problems = {
    id: idProblem(draft.id, taken),
    url: urlProblem(draft.baseUrl, kind === 'openai-compatible'),
    key: draft.place === 'keychain' && draft.key.trim() === '' ? ('keyMissing' as const) : null,
    env: draft.place === 'env' && draft.env.trim() === '' ? ('envMissing' as const) : null,
  };
  const { run, busy, fault } = useAction(async () => {
    const provider: ProviderConfig = {
      id: draft.id,
      kind,
      enabled: true,
      trustedForPrivate: draft.trusted,
      concurrency: 0,
      usdPerDay: null,
      models: [],
      ...(draft.name.trim() === '' ? {} : { name: draft.name.trim() }),
      ...(draft.baseUrl.trim() === '' ? {} : { baseUrl: draft.baseUrl.trim() }),
      ...(draft.place === 'env' ? { apiKey: { env: draft.env.trim() } } : {}),
      ...(draft.place === 'keychain' ? { apiKey: { keychain: draft.id } } : {}),
    };
    const entry = await call('provider.save', { provider });
    if (draft.place !== 'keychain') return entry;
    return call('provider.setKey', { providerId: provider.id, key: draft.key.trim() });
  });
  const submit = async (): Promise<void> => {
    setTried(true);
    if (Object.values(problems).some((problem) => problem !== null)) return;
    const entry = await run();
    if (entry !== undefined) onAdded(entry);
  };
  const said = (problem: Parameters<typeof t>[0] | null): string | null =>
    tried && problem !== null ? t(problem) : null;
  return (
    <FormDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('addProvider')}
      description={t('addProviderText')}
      submitLabel={t('addProviderDo')}
      busy={busy}
      problem={fault === null ? null : inWords(fault.detail)}
      onSubmit={() => void submit()}
    >
      <Labelled label={t('preset')}>
        {({ id }) => (
          <Select
            id={id}
            label={t('preset')}
            className="w-full"
            value={draft.preset}
            options={PRESETS.map((option) => ({ value: option.id, label: option.name }))}
            onChange={(next) => {
              setDraft(draftOf(next, taken));
            }}
          />
        )}
      </Labelled>
      <div className="grid grid-cols-2 gap-3">
        <Labelled label={t('providerName')}>
          {(ids) => (
            <Input
              {...ids}
              value={draft.name}
              maxLength={200}
              onChange={(event) => {
                const name = event.target.value;
                const follows = freeId(name.trim() === '' ? draft.preset : name, taken);
                set({ name, ...(draft.ownId ? {} : { id: follows }) });
              }}
            />
          )}
        </Labelled>
        <Labelled label={t('providerId')} hint={t('providerIdHint')} problem={said(problems.id)}>
          {(ids) => (
            <Input
              {...ids}
              value={draft.id}
              spellCheck={false}
              className="font-mono text-xs"
              onChange={(event) => {
                set({ id: event.target.value.trim().toLowerCase(), ownId: true });
              }}
            />
          )}
        </Labelled>
      </div>
      <AddressField
        kind={kind}
        value={draft.baseUrl}
        problem={said(problems.url)}
        onChange={(baseUrl) => {
          set({ baseUrl });
        }}
      />
      <Labelled label={t('keyPlace')}>
        {({ id }) => (
          <Select
            id={id}
            label={t('keyPlace')}
            className="w-full"
            value={draft.place}
            options={[
              { value: 'keychain', label: keychain ? t('keyInKeychain') : t('keyInSession') },
              { value: 'env', label: t('keyInEnv') },
              { value: 'none', label: t('keyNone') },
            ]}
            onChange={(next) => {
              set({ place: next === 'env' || next === 'none' ? next : 'keychain' });
            }}
          />
        )}
      </Labelled>
      {draft.place === 'keychain' ? (
        <Labelled
          label={t('key')}
          hint={keychain ? t('keyKeptKeychain') : t('keyKeptSession')}
          problem={said(problems.key)}
        >
          {(ids) => (
            <Input
              {...ids}
              type="password"
              autoComplete="off"
              spellCheck={false}
              value={draft.key}
              className="font-mono text-xs"
              onChange={(event) => {
                set({ key: event.target.value });
              }}
            />
          )}
        </Labelled>
      ) : null}
      {draft.place === 'env' ? (
        <Labelled label={t('envName')} hint={t('envHint')} problem={said(problems.env)}>
          {(ids) => (
            <Input
              {...ids}
              value={draft.env}
              spellCheck={false}
              className="font-mono text-xs"
              onChange={(event) => {
                set({ env: event.target.value });
              }}
            />
          )}
        </Labelled>
      ) : null}
      <div>
        <Checkbox
          label={t('trusted')}
          checked={draft.trusted}
          onChange={(trusted) => {
            set({ trusted });
          }}
        />
        <p className="pl-6 text-xs text-ink-3">{t('trustedHint')}</p>
      </div>
    </FormDialog>
  );
};
