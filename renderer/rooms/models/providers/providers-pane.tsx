import { Cloud, Plus, WifiOff } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { ModelEntry } from '../../../../electron/contract/entities/model.ts';
import { Button, EmptyState, ErrorState, Skeleton, toast } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import { useModelsRoom } from '../state.ts';
import { modelsText } from '../text.ts';
import { nameOf } from '../../../common/presets.ts';
import { ProviderDetail } from './provider-detail.tsx';
import { ProviderDialog } from './provider-dialog.tsx';
import { ProviderList } from './provider-list.tsx';
import { said } from '../../../common/core-words/index.ts';

/** Cloud providers and servers of the team: who they are, how they do, and what their models cost. */
export const ProvidersPane = ({ models }: { readonly models: readonly ModelEntry[] }): ReactElement => {
  const t = modelsText.useText();
  const { data, fault, refetch } = useCall('provider.list', {}, { topics: ['providers', 'budgets'] });
  const { providerId, addingProvider, set } = useModelsRoom();
  const [added, setAdded] = useState<string | null>(null);
  const setAdding = (open: boolean): void => {
    set({ addingProvider: open });
  };
  if (data === undefined)
    return fault === null ? (
      <Skeleton lines={4} className="p-4" />
    ) : (
      <ErrorState text={t('providersFailed', { detail: said(fault.detail) })} onRetry={refetch} />
    );
  const { providers, network, keychain } = data;
  const shown = providers.find(({ config }) => config.id === providerId) ?? providers[0];
  const addButton = (
    <Button
      look="primary"
      icon={Plus}
      onClick={() => {
        setAdding(true);
      }}
    >
      {t('addProvider')}
    </Button>
  );
  return (
    <div className="@container flex h-full min-h-0 flex-col">
      <div className="flex flex-wrap items-center gap-3 px-4 py-3">
        {addButton}
        <p className="text-xs text-ink-3">{t('providersHint')}</p>
        {network.online ? null : (
          <p role="status" className="ml-auto flex items-center gap-1.5 text-xs text-degraded-ink">
            <WifiOff size={14} aria-hidden />
            {network.detail === null ? t('offline') : said(network.detail)}
          </p>
        )}
      </div>
      <div className="flex min-h-0 flex-1 flex-col border-t border-line @4xl:flex-row">
        {shown === undefined ? (
          <EmptyState icon={Cloud} text={t('noProviders')} className="flex-1" />
        ) : (
          <>
            <div className="flex max-h-[40%] min-h-28 min-w-0 flex-1 flex-col @4xl:max-h-none">
              <ProviderList providers={providers} selectedId={shown.config.id} />
            </div>
            <div
              tabIndex={0}
              role="region"
              aria-label={t('providerDetail')}
              className="scroll-y min-h-0 flex-1 border-t border-line @4xl:w-[28rem] @4xl:flex-none @4xl:border-t-0 @4xl:border-l"
            >
              <ProviderDetail
                key={shown.config.id}
                entry={shown}
                models={models}
                keychain={keychain}
                testAtOnce={added === shown.config.id}
                onRemoved={() => {
                  setAdded(null);
                  set({ providerId: null });
                }}
              />
            </div>
          </>
        )}
      </div>
      <ProviderDialog
        open={addingProvider}
        onOpenChange={setAdding}
        taken={providers.map(({ config }) => config.id)}
        keychain={keychain}
        onAdded={({ config }) => {
          setAdded(config.id);
          set({ providerId: config.id, addingProvider: false });
          toast({ level: 'success', text: t('providerAdded', { name: nameOf(config) }) });
        }}
      />
    </div>
  );
};
