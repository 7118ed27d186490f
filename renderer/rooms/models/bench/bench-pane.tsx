import { Gauge } from 'lucide-react';
import { said } from '../../../common/core-words/index.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { ModelEntry } from '../../../../electron/contract/entities/model.ts';
import { Button, Checkbox, ErrorState, formatNumber, Select, Skeleton } from '../../../kit/index.ts';
import { call, useAction, useCall } from '../../../link/index.ts';
import { useModelsRoom } from '../state.ts';
import { BenchReports } from './bench-report.tsx';
import { BenchProgress } from './bench-run.tsx';
import { benchText } from './text.ts';
import { backendName } from './words.ts';

/** Seconds one way to compute takes on a machine of a few cores. */
const SECONDS_EACH = 15;

/** Measures a model of this machine in every way it can compute, and shows what was found. */
export const BenchPane = ({ models }: { readonly models: readonly ModelEntry[] }): ReactElement => {
  const t = benchText.useText();
  const state = useCall('bench.state', {}, { topics: ['bench'], keepPrevious: true });
  const kept = useCall('bench.reports', {}, { topics: ['bench-reports'], keepPrevious: true });
  if (state.data === undefined)
    return state.fault === null ? (
      <Skeleton lines={6} className="p-4" />
    ) : (
      <ErrorState text={t('stateFailed', { detail: said(state.fault.detail) })} onRetry={state.refetch} />
    );
  const { run, choices } = state.data;
  return (
    <div tabIndex={0} role="region" aria-label={t('title')} className="scroll-y h-full min-h-0 px-4 pt-4 pb-8">
      <h2 className="text-sm font-semibold">{t('title')}</h2>
      <p className="mb-3 max-w-[100ch] text-xs text-ink-3">{t('intro')}</p>
      {run === null ? <Start models={models} choices={choices} /> : <BenchProgress run={run} />}
      {kept.data === undefined ? (
        kept.fault === null ? (
          <Skeleton lines={4} />
        ) : (
          <ErrorState text={t('reportsFailed', { detail: said(kept.fault.detail) })} onRetry={kept.refetch} />
        )
      ) : (
        <BenchReports reports={kept.data.reports} measuring={run !== null} />
      )}
    </div>
  );
};

const Start = ({
  models,
  choices,
}: {
  readonly models: readonly ModelEntry[];
  readonly choices: readonly { readonly backend: string; readonly problem: string | null }[];
}): ReactElement => {
  const t = benchText.useText();
  const selectedId = useModelsRoom((room) => room.selectedId);
  const usable = models.filter(({ kind, problem }) => kind === 'local' && problem === null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const model =
    usable.find(({ id }) => id === (chosen ?? selectedId)) ??
    usable.find(({ state }) => state === 'loaded') ??
    usable[0];
  const ways = choices.filter(({ backend, problem }) => problem === null && !left.has(backend));
  const {
    run: start,
    busy,
    fault,
  } = useAction((modelId: string) => call('bench.start', { modelId, backends: ways.map(({ backend }) => backend) }));
  if (model === undefined) return <p className="mb-6 text-sm text-ink-2">{t('noModel')}</p>;
  return (
    <section aria-label={t('start')} className="mb-6 flex flex-col gap-3 rounded-lg border border-line px-4 py-3">
      <div className="flex flex-wrap items-end gap-x-6 gap-y-2">
        <Select
          label={t('model')}
          value={model.id}
          onChange={setChosen}
          search
          options={usable.map(({ id, name }) => ({ value: id, label: name, hint: id }))}
          className="w-64"
        />
        <fieldset className="flex flex-wrap items-center gap-x-5">
          <legend className="sr-only">{t('ways')}</legend>
          {choices.map(({ backend, problem }) => (
            <Checkbox
              key={backend}
              label={backend === 'cpu' ? t('wayCpu') : t('wayGpu', { backend: backendName(backend) })}
              checked={problem === null && !left.has(backend)}
              disabled={problem !== null}
              onChange={(checked) => {
                const next = new Set(left);
                if (checked) next.delete(backend);
                else next.add(backend);
                setLeft(next);
              }}
            />
          ))}
        </fieldset>
        <Button
          look="primary"
          icon={Gauge}
          busy={busy}
          disabled={ways.length === 0}
          onClick={() => void start(model.id)}
        >
          {t('start')}
        </Button>
      </div>
      {choices.map(({ backend, problem }) =>
        problem === null ? null : (
          <p key={backend} className="text-xs text-degraded-ink">
            {said(problem)}
          </p>
        ),
      )}
      <p role="status" className="text-xs text-ink-3">
        {fault === null ? (
          t('startHint', { seconds: formatNumber(Math.max(1, ways.length) * SECONDS_EACH) })
        ) : (
          <span className="text-failed-ink">{said(fault.detail)}</span>
        )}
      </p>
    </section>
  );
};
