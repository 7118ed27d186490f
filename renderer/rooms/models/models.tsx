import { Boxes, FileUp, Plus } from 'lucide-react';
import { said } from '../../common/core-words/index.ts';
import { useEffect, useState } from 'react';
import type { DragEvent, ReactElement } from 'react';
import type { EngineStatus, ModelEntry } from '../../../electron/contract/entities/model.ts';
import { Button, EmptyState, formatNumber, RoomHeader, RoomWaiting, SearchBox, Tabs, toast } from '../../kit/index.ts';
import { call, faultOf, useCall, useSignal } from '../../link/index.ts';
import { usePlace } from '../../state/index.ts';
import { readDrop } from './drop.ts';
import { EngineStrip } from './parts/engine-strip.tsx';
import { ImportDialog } from './parts/import-dialog.tsx';
import { ModelDetail } from './parts/model-detail.tsx';
import { ModelTable } from './parts/model-table.tsx';
import { BenchPane } from './bench/bench-pane.tsx';
import { GetPane } from './get/get-pane.tsx';
import { ProvidersPane } from './providers/providers-pane.tsx';
import { useModelsRoom } from './state.ts';
import { modelsText } from './text.ts';

declare global {
  interface Window {
    /** From the shell: where a dropped file lies; empty = nowhere. */
    readonly switchyardFiles?: { pathOf(file: File): string };
  }
}

const TABS = ['local', 'get', 'bench', 'providers'] as const;

/** The models this machine answers with, and the engine that runs them. */
export const Models = (): ReactElement => {
  const t = modelsText.useText();
  const { data, fault, refetch } = useCall('model.list', {}, { topics: ['models'] });
  const engine = useEngine(data?.engine);
  const { search, selectedId, tab, set } = useModelsRoom();
  const [importing, setImporting] = useState(false);
  const imported = (model: ModelEntry): void => {
    setImporting(false);
    set({ search: '', selectedId: model.id });
    toast({ text: t('imported', { name: model.name }), level: 'success' });
  };
  const drop = useDrop(imported);
  const ask = usePlace((place) => place.modelsAsk);
  useEffect(() => {
    if (ask === null) return;
    set(ask === 'get-model' ? { tab: 'get' } : { tab: 'providers', addingProvider: true });
    usePlace.getState().set({ modelsAsk: null });
  }, [ask, set]);

  if (data === undefined)
    return (
      <RoomWaiting
        title={t('title')}
        problem={fault === null ? null : t('listFailed', { detail: said(fault.detail) })}
        onRetry={refetch}
      />
    );

  const wanted = search.trim().toLocaleLowerCase();
  const local = data.models.filter(({ kind }) => kind === 'local');
  const found = local.filter((model) => `${model.name} ${model.id}`.toLocaleLowerCase().includes(wanted));
  const shown =
    found.find((model) => model.id === selectedId) ?? found.find((model) => model.state === 'loaded') ?? found[0];
  const loaded = data.models.find((model) => model.id === engine?.loadedModelId);
  const importButton = (
    <Button
      look="primary"
      icon={Plus}
      onClick={() => {
        setImporting(true);
      }}
    >
      {t('import')}
    </Button>
  );
  const localPane = (
    <div className="flex h-full min-h-0 flex-col pt-3">
      <div className="flex flex-wrap items-center gap-2 px-4 pb-3">
        <SearchBox
          value={search}
          onChange={(text) => {
            set({ search: text });
          }}
          placeholder={t('searchHint')}
          className="w-64 min-w-40"
        />
        {importButton}
        <p className="text-xs text-ink-3">{t('dropHere')}</p>
      </div>
      {engine === undefined ? null : (
        <EngineStrip
          engine={engine}
          loadedName={loaded?.name ?? engine.loadedModelId}
          testModelId={(loaded ?? local.find(({ problem }) => problem === null))?.id ?? null}
        />
      )}
      <div className="@container flex min-h-0 flex-1 border-t border-line">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col @4xl:flex-row">
          <div className="flex max-h-[40%] min-h-28 min-w-0 flex-1 flex-col @4xl:max-h-none">
            {found.length > 0 ? (
              <ModelTable models={found} selectedId={shown?.id ?? null} />
            ) : local.length === 0 ? (
              <EmptyState icon={Boxes} text={t('empty')} action={importButton} className="flex-1" />
            ) : (
              <EmptyState
                icon={Boxes}
                text={t('noneFound')}
                action={
                  <Button
                    onClick={() => {
                      set({ search: '' });
                    }}
                  >
                    {t('clearSearch')}
                  </Button>
                }
                className="flex-1"
              />
            )}
          </div>
          {shown === undefined ? null : (
            <div
              tabIndex={0}
              role="region"
              aria-label={t('detail')}
              className="scroll-y min-h-0 flex-1 border-t border-line @4xl:w-[26rem] @4xl:flex-none @4xl:border-t-0 @4xl:border-l"
            >
              <ModelDetail key={shown.id} model={shown} />
            </div>
          )}
        </div>
      </div>
    </div>
  );
  return (
    <div className="relative flex min-h-0 min-w-0 flex-1 flex-col" {...drop.handlers}>
      <RoomHeader title={t('title')} note={t('count', { count: found.length, value: formatNumber(found.length) })} />
      <Tabs
        label={t('tabs')}
        className="min-h-0 flex-1"
        value={tab}
        onChange={(next) => {
          set({ tab: TABS.find((tab) => tab === next) ?? 'local' });
        }}
        items={[
          { value: 'local', label: t('tabLocal'), content: localPane },
          { value: 'get', label: t('tabGet'), content: <GetPane /> },
          { value: 'bench', label: t('tabBench'), content: <BenchPane models={data.models} /> },
          { value: 'providers', label: t('tabProviders'), content: <ProvidersPane models={data.models} /> },
        ]}
      />
      <ImportDialog open={importing} onOpenChange={setImporting} onImported={imported} />
      {drop.over ? (
        <div className="pointer-events-none absolute inset-2 z-20 grid place-items-center rounded-lg border-2 border-dashed border-local bg-surface/85">
          <p className="flex items-center gap-2 text-base font-semibold">
            <FileUp size={20} aria-hidden />
            {t('dropNow')}
          </p>
        </div>
      ) : null}
    </div>
  );
};

/** The engine as the list told it, then as its own signal says. */
const useEngine = (listed: EngineStatus | undefined): EngineStatus | undefined => {
  const [engine, setEngine] = useState(listed);
  useEffect(() => {
    if (listed !== undefined) setEngine(listed);
  }, [listed]);
  useSignal('engine', setEngine);
  return engine;
};

const useDrop = (onImported: (model: ModelEntry) => void) => {
  const t = modelsText.useText();
  const [over, setOver] = useState(false);
  const bring = async (event: DragEvent): Promise<void> => {
    const files = [...event.dataTransfer.files].map((file) => ({
      name: file.name,
      path: window.switchyardFiles?.pathOf(file) ?? '',
    }));
    const found = readDrop(files, event.dataTransfer.getData('text/uri-list'));
    if ('problem' in found) {
      toast({ text: t(found.problem), level: 'error' });
      return;
    }
    try {
      const model = await call('model.import', { path: found.path });
      if (model !== null) onImported(model);
    } catch (error) {
      toast({ text: said(faultOf(error).detail), level: 'error' });
    }
  };
  return {
    over,
    handlers: {
      onDragOver: (event: DragEvent): void => {
        if (!event.dataTransfer.types.includes('Files') && !event.dataTransfer.types.includes('text/uri-list')) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: (event: DragEvent): void => {
        if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget))
          setOver(false);
      },
      onDrop: (event: DragEvent): void => {
        event.preventDefault();
        setOver(false);
        void bring(event);
      },
    },
  };
};
