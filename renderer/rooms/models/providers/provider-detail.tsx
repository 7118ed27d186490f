import { CircleAlert, CircleCheck, Pencil, PlugZap, Plus, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { ModelEntry } from '../../../../electron/contract/entities/model.ts';
import type { ProviderConfig, ProviderEntry, ProviderTest } from '../../../../electron/contract/providers.ts';
import { AlertDialog, Button, Checkbox, formatDuration, formatTimeOfDay, Switch, toast } from '../../../kit/index.ts';
import { call, useAction } from '../../../link/index.ts';
import { modelsText } from '../text.ts';
import { EditDialog } from './edit-dialog.tsx';
import { HealthBadge } from './health-badge.tsx';
import { KeyRow } from './key-row.tsx';
import { nameOf } from '../../../common/presets.ts';
import { ProviderModels } from './provider-models.tsx';
import { said } from '../../../common/core-words/index.ts';

const SHOWN_LISTED = 60;

/** One provider: how it does, its key, its models, and the ways to change them. */
export const ProviderDetail = ({
  entry,
  models,
  keychain,
  testAtOnce,
  onRemoved,
}: {
  readonly entry: ProviderEntry;
  readonly models: readonly ModelEntry[];
  readonly keychain: boolean;
  /** It was just added: what it has is asked for without another press. */
  readonly testAtOnce: boolean;
  readonly onRemoved: (config: ProviderConfig) => void;
}): ReactElement => {
  const t = modelsText.useText();
  const { config, health } = entry;
  const name = nameOf(config);
  const [removing, setRemoving] = useState(false);
  const [editing, setEditing] = useState(false);
  const [tested, setTested] = useState<ProviderTest | null>(null);
  const save = useAction((provider: ProviderConfig) => call('provider.save', { provider }));
  const test = useAction(() => call('provider.test', { providerId: config.id }));
  const remove = useAction(() => call('provider.remove', { providerId: config.id }));
  const runTest = async (): Promise<void> => {
    setTested(null);
    const result = await test.run();
    if (result) setTested(result);
  };
  const began = useRef(false);
  useEffect(() => {
    if (!testAtOnce || began.current) return;
    began.current = true;
    void runTest();
  });
  const listed = tested?.models.filter((id) => !config.models.some((model) => model.id === id)) ?? [];
  const problem = said(save.fault?.detail ?? test.fault?.detail ?? remove.fault?.detail ?? '') || null;
  const Mark = tested?.ok === true ? CircleCheck : CircleAlert;
  return (
    <section aria-label={name} className="flex min-w-0 flex-col gap-4 px-5 py-4">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="min-w-0 text-lg font-semibold break-words">{name}</h2>
        <HealthBadge state={health.state} />
        <span className="ml-auto flex items-center gap-2 text-xs text-ink-2">
          {t(config.enabled ? 'providerOn' : 'providerOff')}
          <Switch
            label={t('useProvider', { name })}
            checked={config.enabled}
            disabled={save.busy}
            onChange={(enabled) => void save.run({ ...config, enabled })}
          />
        </span>
        <p className="w-full font-mono text-xs break-all text-ink-3 select-text">
          {config.baseUrl ?? t('addressDefault')}
        </p>
        {health.detail === null || health.state === 'no-key' || health.detail === tested?.detail ? null : (
          <p className="w-full text-sm text-ink-2">
            {said(health.detail)}
            {health.until === null ? null : ` ${t('triedAgainAt', { time: formatTimeOfDay(health.until) })}`}
          </p>
        )}
      </header>
      <div className="flex flex-wrap gap-2">
        <Button icon={PlugZap} busy={test.busy} onClick={() => void runTest()}>
          {t('test')}
        </Button>
        <Button
          look="ghost"
          icon={Pencil}
          onClick={() => {
            setEditing(true);
          }}
        >
          {t('edit')}
        </Button>
        <Button
          look="ghost"
          icon={Trash2}
          onClick={() => {
            setRemoving(true);
          }}
        >
          {t('remove')}
        </Button>
      </div>
      <div role="status" className="text-sm empty:hidden">
        {test.busy ? (
          <p className="text-ink-2">{t('testing', { name })}</p>
        ) : tested === null ? null : (
          <p className={`flex gap-2 ${tested.ok ? 'text-local-ink' : 'text-failed-ink'}`}>
            <Mark size={16} aria-hidden className="mt-0.5 shrink-0" />
            <span>
              {said(tested.detail)}
              {tested.firstByteMs === null ? null : ` ${t('firstByte', { time: formatDuration(tested.firstByteMs) })}`}
            </span>
          </p>
        )}
      </div>
      {problem === null ? null : (
        <p role="alert" className="rounded-md bg-failed-soft px-3 py-2 text-sm text-failed-ink">
          {problem}
        </p>
      )}
      <KeyRow entry={entry} keychain={keychain} />
      <ProviderModels
        config={config}
        entries={models}
        busy={save.busy}
        onChange={(next) => void save.run({ ...config, models: [...next] })}
      />
      {listed.length === 0 ? null : (
        <section aria-label={t('listedModels')}>
          <h3 className="text-sm font-semibold">{t('listedModels')}</h3>
          <ul className="mt-1 flex flex-wrap gap-1.5">
            {listed.slice(0, SHOWN_LISTED).map((id) => (
              <li key={id}>
                <button
                  type="button"
                  disabled={save.busy}
                  className="flex min-h-8 items-center gap-1.5 rounded-md px-2 py-1 text-left font-mono text-xs break-all text-ink-2 ring-1 ring-line-strong/40 ring-inset hover:bg-hover hover:text-ink disabled:opacity-45"
                  aria-label={t('addListed', { name: id })}
                  onClick={() => void save.run({ ...config, models: [...config.models, { id, enabled: true }] })}
                >
                  <Plus size={13} aria-hidden className="shrink-0" />
                  {id}
                </button>
              </li>
            ))}
          </ul>
          {listed.length > SHOWN_LISTED ? (
            <p className="mt-1 text-xs text-ink-3">{t('moreListed', { count: listed.length - SHOWN_LISTED })}</p>
          ) : null}
        </section>
      )}
      <div>
        <Checkbox
          label={t('trusted')}
          checked={config.trustedForPrivate}
          disabled={save.busy}
          onChange={(trustedForPrivate) => void save.run({ ...config, trustedForPrivate })}
        />
        <p className="pl-6 text-xs text-ink-3">{t('trustedHint')}</p>
      </div>
      <EditDialog config={config} open={editing} onOpenChange={setEditing} />
      <AlertDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t('removeProviderTitle', { name })}
        description={t('removeProviderText')}
        confirmLabel={t('removeDo')}
        onConfirm={() =>
          void remove.run().then((done) => {
            if (done === undefined) return;
            toast({ level: 'success', text: t('providerRemoved', { name }) });
            onRemoved(config);
          })
        }
      />
    </section>
  );
};
