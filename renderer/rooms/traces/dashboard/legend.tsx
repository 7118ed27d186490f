import type { ReactElement } from 'react';
import { cx } from '../../../kit/index.ts';
import type { Chart } from './figures.ts';
import { FORMATS } from './units.ts';

export interface LegendProps {
  readonly chart: Chart;
  /** Values of this step; null = of the whole time. */
  readonly step: number | null;
  readonly label: (series: Chart['series'][number]) => string;
}

/** What each line is, and its value. */
export const Legend = ({ chart, step, label }: LegendProps): ReactElement => (
  <ul className="flex flex-wrap gap-x-4 gap-y-0.5 px-4 pb-1 text-xs">
    {chart.series.map((series) => (
      <li key={`${String(series.grouped)} ${series.key}`} className="flex min-w-0 items-center gap-1.5">
        <span
          aria-hidden
          className={cx('shrink-0', chart.shape === 'stack' ? 'size-2 rounded-xs' : 'h-0 w-3.5 border-t-2')}
          style={
            chart.shape === 'stack'
              ? { background: series.colour }
              : { borderColor: series.colour, borderStyle: series.dashed ? 'dashed' : 'solid' }
          }
        />
        <span className="max-w-40 truncate text-ink-2" title={label(series)}>
          {label(series)}
        </span>
        <span className="tabular font-medium whitespace-nowrap text-ink">
          {FORMATS[chart.unit](step === null ? series.whole : (series.values[step] ?? null))}
        </span>
      </li>
    ))}
  </ul>
);
