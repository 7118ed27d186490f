import { ChartColumn, Table2 } from 'lucide-react';
import { useId, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import { IconButton } from '../../../kit/index.ts';
import { formatStretch } from '../views/stretch.ts';
import { ChartTable } from './chart-table.tsx';
import type { Chart } from './figures.ts';
import { Legend } from './legend.tsx';
import { between, walk } from './selection.ts';
import type { Walk } from './selection.ts';
import { dashboardText } from './text.ts';
import { TimeChart } from './time-chart.tsx';
import { FORMATS } from './units.ts';

const HEIGHT_PX = 176;

export interface ChartCardProps {
  readonly title: string;
  readonly chart: Chart;
  readonly at: readonly number[];
  readonly stepMs: number;
  readonly label: (series: Chart['series'][number]) => string;
  readonly selected: { readonly from: number; readonly to: number } | null;
  /** Shown as a table unless the person turned this one. */
  readonly table: boolean;
  readonly onSelect: (from: number, to: number) => void;
  readonly onClear: () => void;
  /** Leads to the traces of these steps. */
  readonly onOpen: (from: number, to: number) => void;
}

/** One chart with its words: values at the moment pointed at, keys, and the same as a table. */
export const ChartCard = (props: ChartCardProps): ReactElement => {
  const { title, chart, at, stepMs, label, selected, onSelect, onClear, onOpen } = props;
  const t = dashboardText.useText();
  const id = useId();
  const [turned, setTurned] = useState<{ readonly table: boolean; readonly from: boolean } | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const [keyboard, setKeyboard] = useState<Walk | null>(null);
  // Turning all of them turns this one too, whatever it showed.
  const table = turned !== null && turned.from === props.table ? turned.table : props.table;
  const shown = hovered ?? keyboard?.at ?? null;
  const current = shown !== null && shown < at.length ? shown : null;
  const time = (step: number): string => formatStretch({ since: at[step] ?? 0, until: (at[step] ?? 0) + stepMs - 1 });
  const words = (step: number): string =>
    `${time(step)}: ${chart.series.map((series) => `${label(series)} ${FORMATS[chart.unit](series.values[step] ?? null)}`).join(', ')}`;
  const nothing = chart.series.every(({ values }) => values.every((value) => (value ?? 0) === 0));

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' && keyboard !== null) {
      event.preventDefault();
      if (selected === null) onOpen(keyboard.at, keyboard.at);
      else onOpen(selected.from, selected.to);
      return;
    }
    if (event.key === 'Escape' && selected !== null) {
      event.preventDefault();
      onClear();
      return;
    }
    const next = walk(keyboard, event.key, event.shiftKey, at.length);
    if (next === null) return;
    event.preventDefault();
    setKeyboard(next);
    if (next.anchor !== null) {
      const { from, to } = between(next.anchor, next.at);
      onSelect(from, to);
    }
  };

  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col rounded-lg border border-line bg-raised pt-2 pb-1.5">
      <div className="flex min-h-8 items-center gap-2 pr-1.5 pl-4">
        <h3 id={id} className="min-w-0 truncate text-sm font-semibold">
          {title}
        </h3>
        <span aria-hidden className="tabular min-w-0 flex-1 truncate text-right text-xs text-ink-3">
          {current === null || table ? '' : time(current)}
        </span>
        <IconButton
          icon={table ? ChartColumn : Table2}
          label={t(table ? 'asChart' : 'asTable', { name: title })}
          iconSize={14}
          onClick={() => {
            setTurned({ table: !table, from: props.table });
          }}
        />
      </div>
      <Legend chart={chart} step={table ? null : current} label={label} />
      {table ? (
        <ChartTable
          title={title}
          chart={chart}
          at={at}
          label={label}
          heightPx={HEIGHT_PX}
          onOpen={(step) => {
            onOpen(step, step);
          }}
        />
      ) : (
        <div
          role="slider"
          tabIndex={0}
          aria-labelledby={id}
          aria-describedby={`${id}-hint`}
          aria-orientation="horizontal"
          aria-valuemin={0}
          aria-valuemax={Math.max(0, at.length - 1)}
          aria-valuenow={keyboard?.at ?? Math.max(0, at.length - 1)}
          aria-valuetext={words(keyboard?.at ?? Math.max(0, at.length - 1))}
          onKeyDown={onKeyDown}
          onBlur={() => {
            setKeyboard(null);
          }}
          className="relative mx-1.5 mt-auto rounded-md"
        >
          <TimeChart
            chart={chart}
            at={at}
            stepMs={stepMs}
            heightPx={HEIGHT_PX}
            selected={selected}
            cursor={keyboard?.at ?? null}
            onHover={setHovered}
            onSelect={onSelect}
          />
          {nothing ? (
            <p className="pointer-events-none absolute inset-0 flex items-center justify-center pb-6 pl-12 text-xs text-ink-3">
              {t('nothing')}
            </p>
          ) : null}
          <span id={`${id}-hint`} className="sr-only">
            {t('chartHint')}
          </span>
        </div>
      )}
    </section>
  );
};
