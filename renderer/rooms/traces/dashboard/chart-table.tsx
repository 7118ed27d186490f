import type { ReactElement } from 'react';
import { formatTimeOfDay, Table } from '../../../kit/index.ts';
import type { TableColumn } from '../../../kit/index.ts';
import { formatMonthDay } from '../views/stretch.ts';
import type { Chart } from './figures.ts';
import { dashboardText } from './text.ts';
import { FORMATS } from './units.ts';

export interface ChartTableProps {
  readonly title: string;
  readonly chart: Chart;
  readonly at: readonly number[];
  readonly label: (series: Chart['series'][number]) => string;
  readonly onOpen: (step: number) => void;
  readonly heightPx: number;
}

/** A chart in numbers, newest step first; a row leads to the traces behind it. Steps in which nothing happened are left out. */
export const ChartTable = ({ title, chart, at, label, onOpen, heightPx }: ChartTableProps): ReactElement => {
  const t = dashboardText.useText();
  const steps = at
    .map((_, step) => step)
    .filter((step) => chart.series.some(({ values }) => (values[step] ?? 0) !== 0))
    .reverse();
  const columns: TableColumn<number>[] = [
    {
      key: 'time',
      header: t('time'),
      width: 'minmax(8rem, 1.2fr)',
      cell: (step) => `${formatMonthDay(at[step] ?? 0)} ${formatTimeOfDay(at[step] ?? 0)}`,
    },
    ...chart.series.map((series) => ({
      key: `series ${series.key}`,
      header: label(series),
      width: 'minmax(4.5rem, 1fr)',
      align: 'end' as const,
      cell: (step: number) => FORMATS[chart.unit](series.values[step] ?? null),
    })),
  ];
  return (
    <div className="flex flex-col overflow-x-auto" style={{ height: heightPx }}>
      {steps.length === 0 ? (
        <p className="p-4 text-xs text-ink-3">{t('nothing')}</p>
      ) : (
        <Table
          label={title}
          ground="raised"
          columns={columns}
          rows={steps}
          rowKey={String}
          rowHeightPx={32}
          onOpen={onOpen}
        />
      )}
    </div>
  );
};
