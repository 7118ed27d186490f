import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import type { ReactElement } from 'react';
import './dashboard.css';
import type { Chart, Unit } from './figures.ts';
import { AXIS_PX, momentAxis, MOVES_TOGETHER } from './moment-axis.ts';
import { between, stepAt } from './selection.ts';
import { resolveColours, useThemeTurn } from './theme.ts';
import { AXIS_FORMATS, AXIS_STEPS } from './units.ts';

/** With fewer values than this a line shows where they are. */
const FEW_VALUES = 50;
/** Pressed and let go within so many px is a click, not a mark. */
const CLICK_PX = 4;
/** Top of an axis for figures that are all zero. */
const LEAST_TOP: Record<Unit, number> = { count: 1, ms: 10, speed: 1, tokens: 10, usd: 0.001, share: 0.02 };

export interface TimeChartProps {
  readonly chart: Chart;
  /** Starts of the steps, epoch ms. */
  readonly at: readonly number[];
  readonly stepMs: number;
  readonly heightPx: number;
  readonly selected: { readonly from: number; readonly to: number } | null;
  /** The step a keyboard is at. */
  readonly cursor: number | null;
  readonly onHover: (step: number | null) => void;
  readonly onSelect: (from: number, to: number) => void;
}

/** A chart over time on a canvas. Says nothing by itself: words, values and keys are its card's. */
export const TimeChart = (props: TimeChartProps): ReactElement => {
  const { chart, at, stepMs, heightPx, selected, cursor } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const theme = useThemeTurn();
  // A chart is built anew when it draws other lines, not when they have other values.
  const built = `${theme} ${chart.shape} ${chart.series.map(({ key, colour, dashed }) => `${key} ${colour} ${String(dashed)}`).join('|')}`;

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = build(element, latest);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: latest.current.heightPx });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [built]);
  useEffect(() => {
    plot.current?.setData(dataOf(chart, at, stepMs));
  }, [chart, at, stepMs]);
  useEffect(() => {
    plot.current?.redraw(false, false);
  }, [selected]);
  useEffect(() => {
    const now = plot.current;
    if (now === null || cursor === null) return;
    const moment = (at[cursor] ?? 0) + stepMs / 2;
    now.setCursor({ left: now.valToPos(moment, 'x'), top: heightPx / 3 });
  }, [cursor, at, stepMs, heightPx]);
  return <div ref={place} aria-hidden className="chart w-full" style={{ height: heightPx }} />;
};

/** Moments in the middle of their steps, then the series, the last first: what is drawn later lies on top. */
const dataOf = (chart: Chart, at: readonly number[], stepMs: number): uPlot.AlignedData => {
  const below = at.map(() => 0);
  const drawn = chart.series.map(({ values }) =>
    chart.shape === 'lines'
      ? [...values]
      : values.map((value, step) => (below[step] = (below[step] ?? 0) + (value ?? 0))),
  );
  return [at.map((step) => step + stepMs / 2), ...drawn.reverse()];
};

const build = (element: HTMLElement, latest: { readonly current: TimeChartProps }): uPlot => {
  const { chart, at, stepMs, heightPx } = latest.current;
  const stacked = chart.shape === 'stack';
  const colours = resolveColours(element, [
    ...chart.series.map(({ colour }) => colour),
    ...[
      'var(--ink-3)',
      'color-mix(in oklab, var(--line) 80%, transparent)',
      'color-mix(in oklab, var(--focus) 16%, transparent)',
    ],
  ]);
  const [ink = '', grid = '', mark = ''] = colours.slice(chart.series.length);
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const few = chart.series.every(({ values }) => values.filter((value) => value !== null).length < FEW_VALUES);
  const bars = uPlot.paths.bars?.({ size: [0.82, 36], align: 0 });
  const series = chart.series.map(({ dashed }, place): uPlot.Series => {
    const colour = colours[place] ?? '';
    return stacked
      ? { fill: colour, width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) }
      : {
          stroke: colour,
          width: 1.75,
          spanGaps: true,
          ...(dashed ? { dash: [5, 4] } : {}),
          points: { show: few, size: 5, fill: colour, stroke: colour },
        };
  });
  let pressedAt = 0;
  return new uPlot(
    {
      width: Math.max(1, element.clientWidth),
      height: heightPx,
      ms: 1,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: !stacked, size: 7 },
        drag: { x: true, y: false, setScale: false, dist: CLICK_PX },
        sync: MOVES_TOGETHER,
      },
      scales: {
        x: {
          range: () => {
            const { at: steps, stepMs: step } = latest.current;
            return [steps[0] ?? 0, (steps.at(-1) ?? 0) + step];
          },
        },
        y: {
          range: (_plot, _min, max: number | null) => {
            if (max === null || max <= 0) return [0, LEAST_TOP[chart.unit]];
            return [0, chart.unit === 'share' && max > 0.9 ? 1 : max * 1.08];
          },
        },
      },
      series: [{}, ...series.reverse()],
      axes: [
        momentAxis(ink, font),
        {
          stroke: ink,
          font,
          size: AXIS_PX.y,
          gap: 6,
          space: 32,
          incrs: AXIS_STEPS[chart.unit],
          grid: { stroke: grid, width: 1 },
          ticks: { show: false },
          values: (_plot, values) => values.map((value) => AXIS_FORMATS[chart.unit](value)),
        },
      ],
      hooks: {
        ready: [
          (plot) => {
            plot.over.addEventListener('mousedown', (event) => {
              pressedAt = event.clientX;
            });
            plot.over.addEventListener('click', (event) => {
              const step = plot.cursor.idx;
              if (Math.abs(event.clientX - pressedAt) <= CLICK_PX && typeof step === 'number')
                latest.current.onSelect(step, step);
            });
          },
        ],
        setCursor: [
          ({ cursor }) => {
            latest.current.onHover(cursor.idx ?? null);
          },
        ],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width <= CLICK_PX) return;
            const { at: steps, stepMs: step } = latest.current;
            const [a, b] = [left, left + width].map((x) => stepAt(steps, step, plot.posToVal(x, 'x')));
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            const { from, to } = between(a ?? 0, b ?? 0);
            latest.current.onSelect(from, to);
          },
        ],
        drawClear: [
          ({ ctx, bbox, valToPos }) => {
            const { selected, at: steps, stepMs: step } = latest.current;
            if (selected === null) return;
            const left = valToPos(steps[selected.from] ?? 0, 'x', true);
            const right = valToPos((steps[selected.to] ?? 0) + step, 'x', true);
            ctx.fillStyle = mark;
            ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
          },
        ],
      },
    },
    dataOf(chart, at, stepMs),
    element,
  );
};
