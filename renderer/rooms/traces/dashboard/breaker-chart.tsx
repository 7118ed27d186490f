import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import type { ReactElement } from 'react';
import type { Band, BreakerRow } from './breaker-bands.ts';
import './dashboard.css';
import { AXIS_PX, momentAxis, MOVES_TOGETHER } from './moment-axis.ts';
import type { Stretch } from './state.ts';
import { resolveColours, useThemeTurn } from './theme.ts';

const ROW_PX = 30;
/** A band is drawn at least so wide, in px: one second in a month can be seen. */
const LEAST_PX = 3;
const BAR_PX = 14;

export interface BreakerChartProps {
  readonly rows: readonly BreakerRow[];
  readonly stretch: Stretch;
  /** Bands that have no end yet are drawn up to here, epoch ms. */
  readonly now: number;
  /** What is pointed at. */
  readonly onHover: (moment: number | null, row: number | null, msPerPx: number) => void;
}

/** Height of the chart with so many rows, in px. */
export const heightOf = (rows: number): number => rows * ROW_PX + AXIS_PX.x + 8;

/** Bands of time on a canvas, a row each. Open ones are filled; half-open ones are hollow: colour never stands alone. */
export const BreakerChart = (props: BreakerChartProps): ReactElement => {
  const { rows, stretch, now } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const built = `${useThemeTurn()} ${rows.length}`;
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = build(element, latest);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: heightOf(latest.current.rows.length) });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [built]);
  useEffect(() => {
    plot.current?.setData([
      [stretch.since, stretch.until],
      [null, null],
    ]);
  }, [rows, stretch, now]);
  return <div ref={place} aria-hidden className="chart w-full" style={{ height: heightOf(rows.length) }} />;
};

const build = (element: HTMLElement, latest: { readonly current: BreakerChartProps }): uPlot => {
  const [ink = '', line = '', open = '', half = '', ground = ''] = resolveColours(element, [
    'var(--ink-3)',
    'color-mix(in oklab, var(--line) 80%, transparent)',
    'var(--failed)',
    'var(--degraded)',
    'color-mix(in oklab, var(--degraded) 18%, transparent)',
  ]);
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const count = latest.current.rows.length;
  return new uPlot(
    {
      width: Math.max(1, element.clientWidth),
      height: heightOf(count),
      ms: 1,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: false, y: false },
        sync: MOVES_TOGETHER,
      },
      scales: {
        x: {
          range: () => {
            const { since, until } = latest.current.stretch;
            return [since, until];
          },
        },
        y: { range: () => [0, count] },
      },
      series: [{}, { show: false }],
      axes: [momentAxis(ink, font), { show: false }],
      hooks: {
        setCursor: [
          ({ cursor: { left, top }, posToVal, over }) => {
            const { onHover, stretch } = latest.current;
            const inside = left !== undefined && top !== undefined && left >= 0 && top >= 0 && over.matches(':hover');
            if (!inside) return onHover(null, null, 0);
            const perPx = (stretch.until - stretch.since) / Math.max(1, over.clientWidth);
            onHover(posToVal(left, 'x'), Math.floor((top / Math.max(1, over.clientHeight)) * count), perPx);
          },
        ],
        draw: [
          ({ ctx, bbox, valToPos }) => {
            const { rows, stretch, now } = latest.current;
            const scale = uPlot.pxRatio;
            const bar = BAR_PX * scale;
            const edges = ({ from, to }: Band): [number, number] => {
              const left = Math.max(bbox.left, valToPos(from, 'x', true));
              const right = Math.min(bbox.left + bbox.width, valToPos(Math.min(to ?? now, stretch.until), 'x', true));
              return [left, Math.max(LEAST_PX * scale, right - left)];
            };
            ctx.save();
            ctx.beginPath();
            ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
            ctx.clip();
            for (const [place, { bands }] of rows.entries()) {
              const middle = bbox.top + ((place + 0.5) * bbox.height) / count;
              ctx.fillStyle = line;
              ctx.fillRect(bbox.left, Math.round(middle - scale / 2), bbox.width, Math.max(1, Math.round(scale)));
              for (const band of bands) {
                if ((band.to ?? now) < stretch.since || band.from > stretch.until) continue;
                const [left, width] = edges(band);
                ctx.fillStyle = band.state === 'open' ? open : ground;
                ctx.fillRect(left, middle - bar / 2, width, bar);
                if (band.state === 'open' || width < 4 * scale) continue;
                ctx.strokeStyle = half;
                ctx.lineWidth = 1.5 * scale;
                ctx.strokeRect(left + scale, middle - bar / 2 + scale, width - 2 * scale, bar - 2 * scale);
              }
            }
            ctx.restore();
          },
        ],
      },
    },
    [
      [latest.current.stretch.since, latest.current.stretch.until],
      [null, null],
    ],
    element,
  );
};
