import { Download, Trash2, TriangleAlert } from 'lucide-react';
import { said } from '../../../common/core-words/index.ts';
import { useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { BenchReport } from '../../../../electron/contract/entities/bench.ts';
import {
  AlertDialog,
  Badge,
  Button,
  cx,
  DropdownMenu,
  formatBytes,
  formatDateTime,
  formatDuration,
  formatNumber,
  IconButton,
  Select,
  toast,
} from '../../../kit/index.ts';
import { call, faultOf } from '../../../link/index.ts';
import { BenchChart } from './bench-chart.tsx';
import { BenchTable } from './bench-table.tsx';
import { benchText } from './text.ts';
import { backendName } from './words.ts';

const say = (error: unknown): void => {
  toast({ text: said(faultOf(error).detail), level: 'error' });
};

/** What was measured before: one report at a time, as a chart or as a table, to look at, export or delete. */
export const BenchReports = ({
  reports,
  measuring,
}: {
  readonly reports: readonly BenchReport[];
  readonly measuring: boolean;
}): ReactElement | null => {
  const t = benchText.useText();
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const [removing, setRemoving] = useState(false);
  const report = reports.find(({ id }) => id === chosenId) ?? reports[0];
  if (report === undefined) return measuring ? null : <p className="text-sm text-ink-2">{t('none')}</p>;
  const nameOf = (one: BenchReport): string =>
    t('reportName', { model: one.modelName, date: formatDateTime(one.finishedAt) });
  const exportAs = (format: 'json' | 'csv'): void => {
    call('bench.export', { reportId: report.id, format }).then(({ path }) => {
      if (path !== null) toast({ text: t('exported', { path }), level: 'success' });
    }, say);
  };
  return (
    <section aria-labelledby="bench-report">
      <h2 id="bench-report" className="sr-only">
        {t('report')}
      </h2>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Select
          label={t('report')}
          value={report.id}
          onChange={setChosenId}
          options={reports.map((one) => ({
            value: one.id,
            label: nameOf(one),
            hint: one.backends.map(({ backend }) => backendName(backend)).join(', '),
          }))}
          className="max-w-96 min-w-56"
        />
        {report.complete ? null : (
          <span title={t('partialHint')}>
            <Badge tone="degraded">{t('partial')}</Badge>
          </span>
        )}
        <span className="flex-1" />
        <div role="group" aria-label={t('view')} className="flex rounded-md ring-1 ring-line-strong/60 ring-inset">
          {(['chart', 'table'] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={view === one}
              onClick={() => {
                setView(one);
              }}
              className={cx(
                'h-8 rounded-md px-3 text-sm',
                view === one ? 'bg-selected font-medium text-ink' : 'text-ink-2 hover:text-ink',
              )}
            >
              {t(one)}
            </button>
          ))}
        </div>
        <DropdownMenu
          align="end"
          trigger={<Button icon={Download}>{t('exportAs')}</Button>}
          items={[
            {
              key: 'json',
              label: t('exportJson'),
              onSelect: () => {
                exportAs('json');
              },
            },
            {
              key: 'csv',
              label: t('exportCsv'),
              onSelect: () => {
                exportAs('csv');
              },
            },
          ]}
        />
        <IconButton
          icon={Trash2}
          label={t('remove')}
          onClick={() => {
            setRemoving(true);
          }}
        />
      </div>
      <Facts report={report} />
      {view === 'chart' ? <BenchChart parts={report.backends} /> : <BenchTable parts={report.backends} />}
      <AlertDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t('removeTitle')}
        description={t('removeText', { name: nameOf(report) })}
        confirmLabel={t('removeDo')}
        onConfirm={() => {
          call('bench.remove', { reportId: report.id }).then(() => {
            toast({ text: t('removed'), level: 'success' });
          }, say);
        }}
      />
    </section>
  );
};

/** On what it was measured, and what keeps the figures from being trusted. */
const Facts = ({ report }: { readonly report: BenchReport }): ReactElement => {
  const t = benchText.useText();
  const { machine, freeCores } = report;
  const cards = report.backends.filter(
    ({ gpuLayers, layers, devices }) => devices.length > 0 && layers > 0 && gpuLayers >= 0,
  );
  return (
    <div className="mb-4 flex flex-col gap-1.5">
      <p className="tabular text-xs text-ink-3">
        {t('machine', {
          processor: machine.processor,
          cores: formatNumber(machine.cores),
          memory: formatBytes(machine.memoryBytes),
          platform: machine.platform,
        })}
        {` · ${t('tookTime', { time: formatDuration(report.finishedAt - report.startedAt) })}`}
      </p>
      {cards.map(({ backend, devices, gpuLayers, layers }) => (
        <p key={backend} className="tabular text-xs text-ink-3">
          {`${backendName(backend)}: ${devices.join(', ')} · ${t('layers', { on: formatNumber(gpuLayers), all: formatNumber(layers) })}`}
        </p>
      ))}
      {freeCores < machine.cores ? (
        <Warning>
          {t('busyMachine', {
            count: freeCores,
            value: formatNumber(freeCores),
            cores: formatNumber(machine.cores),
          })}
        </Warning>
      ) : null}
      {report.backends.map(({ backend, problem }) =>
        problem === null ? null : <Warning key={backend}>{`${backendName(backend)}: ${said(problem)}`}</Warning>,
      )}
    </div>
  );
};

const Warning = ({ children }: { readonly children: ReactNode }): ReactElement => (
  <p className="flex gap-2 rounded-md bg-degraded-soft px-3 py-2 text-sm text-degraded-ink">
    <TriangleAlert size={15} aria-hidden className="mt-0.5 shrink-0" />
    <span className="min-w-0 break-words">{children}</span>
  </p>
);
