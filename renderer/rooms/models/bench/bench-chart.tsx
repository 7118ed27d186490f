import type { ReactElement } from 'react';
import type { BenchBackend } from '../../../../electron/contract/entities/bench.ts';
import { cx, formatDuration, formatNumber, formatSpeed, useWidth } from '../../../kit/index.ts';
import { placeOf, ticksOf } from './chart.ts';
import { benchText } from './text.ts';
import { backendName } from './words.ts';

/** One line of a chart. */
interface Series {
  readonly backend: string;
  readonly points: readonly { readonly column: number; readonly value: number }[];
}

const HEIGHT = 168;
const EDGE = { top: 18, right: 16, bottom: 22, left: 44 };

/** Each way to compute has its own mark and stroke: colour says only that all of it runs here. */
const LOOKS = [
  { stroke: 'stroke-local', fill: 'fill-local', dash: undefined, mark: 'circle' },
  { stroke: 'stroke-ink', fill: 'fill-ink', dash: '5 3', mark: 'square' },
  { stroke: 'stroke-ink-3', fill: 'fill-ink-3', dash: '2 3', mark: 'diamond' },
  { stroke: 'stroke-local-ink', fill: 'fill-local-ink', dash: '8 3 2 3', mark: 'circle' },
] as const;
const lookOf = (backends: readonly string[], backend: string) =>
  LOOKS[Math.max(0, backends.indexOf(backend)) % LOOKS.length] ?? LOOKS[0];

const Mark = ({
  x,
  y,
  look,
  best,
}: {
  readonly x: number;
  readonly y: number;
  readonly look: (typeof LOOKS)[number];
  readonly best: boolean;
}): ReactElement => {
  const size = best ? 4.5 : 3;
  const className = cx(look.fill, 'stroke-surface');
  if (look.mark === 'circle') return <circle cx={x} cy={y} r={size} className={className} />;
  const turn = look.mark === 'diamond' ? `rotate(45 ${String(x)} ${String(y)})` : undefined;
  return <rect x={x - size} y={y - size} width={size * 2} height={size * 2} transform={turn} className={className} />;
};

/** Speed against threads or replies. What it shows is said in words too, and the table has every figure. */
const Lines = ({
  title,
  note,
  columns,
  series,
  countOf,
  backends,
}: {
  readonly title: string;
  readonly note: string;
  readonly columns: readonly number[];
  readonly series: readonly Series[];
  readonly countOf: (column: number) => string;
  readonly backends: readonly string[];
}): ReactElement => {
  const t = benchText.useText();
  const [measure, widthPx] = useWidth();
  const width = Math.max(200, Math.floor(widthPx));
  const ticks = ticksOf(Math.max(0, ...series.flatMap(({ points }) => points.map(({ value }) => value))));
  const most = ticks.at(-1) ?? 0;
  const xOf = (column: number): number =>
    placeOf(columns.indexOf(column), columns.length, EDGE.left + 14, width - EDGE.right - 14);
  const yOf = (value: number): number =>
    HEIGHT - EDGE.bottom - (most > 0 ? value / most : 0) * (HEIGHT - EDGE.top - EDGE.bottom);
  const bestOf = ({ points }: Series) =>
    points.reduce<Series['points'][number] | null>((best, one) => (best && best.value >= one.value ? best : one), null);
  const says = t('chartSays', {
    title,
    parts:
      series
        .flatMap((one) => {
          const best = bestOf(one);
          if (!best) return [];
          const count = countOf(best.column);
          return [t('chartPart', { backend: backendName(one.backend), value: formatSpeed(best.value), count })];
        })
        .join('; ') || t('notMeasured'),
  });
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 flex items-baseline justify-between gap-2">
        <span className="text-sm font-semibold">{title}</span>
        <span className="text-2xs text-ink-3">{note}</span>
      </figcaption>
      <div ref={measure} className="overflow-hidden">
        <svg width={width} height={HEIGHT} role="img" aria-label={says} className="tabular block text-2xs">
          {ticks.map((tick) => (
            <g key={tick}>
              <line x1={EDGE.left} x2={width - EDGE.right} y1={yOf(tick)} y2={yOf(tick)} className="stroke-line" />
              <text x={EDGE.left - 6} y={yOf(tick) + 4} textAnchor="end" className="fill-ink-3">
                {formatNumber(tick)}
              </text>
            </g>
          ))}
          {columns.length > 0 ? null : (
            <text x={width / 2} y={HEIGHT / 2} textAnchor="middle" className="fill-ink-3">
              {t('notMeasured')}
            </text>
          )}
          {columns.map((column) => (
            <text key={column} x={xOf(column)} y={HEIGHT - 6} textAnchor="middle" className="fill-ink-2">
              {formatNumber(column)}
            </text>
          ))}
          {series.map((one) => {
            const look = lookOf(backends, one.backend);
            const best = bestOf(one);
            return (
              <g key={one.backend}>
                <polyline
                  points={one.points
                    .map(({ column, value }) => `${String(xOf(column))},${String(yOf(value))}`)
                    .join(' ')}
                  fill="none"
                  strokeWidth={1.75}
                  strokeDasharray={look.dash}
                  strokeLinejoin="round"
                  className={look.stroke}
                />
                {one.points.map((point) => (
                  <g key={point.column}>
                    <Mark x={xOf(point.column)} y={yOf(point.value)} look={look} best={point === best} />
                    <title>
                      {t('point', {
                        backend: backendName(one.backend),
                        count: countOf(point.column),
                        value: formatSpeed(point.value),
                      })}
                    </title>
                  </g>
                ))}
                {best === null ? null : (
                  <text
                    x={xOf(best.column)}
                    y={yOf(best.value) - 8}
                    textAnchor={
                      best.column === columns[0] && columns.length > 1
                        ? 'start'
                        : best.column === columns.at(-1) && columns.length > 1
                          ? 'end'
                          : 'middle'
                    }
                    className="fill-ink stroke-surface stroke-4 font-semibold [paint-order:stroke]"
                  >
                    {formatNumber(Math.round(best.value))}
                  </text>
                )}
              </g>
            );
          })}
        </svg>
      </div>
    </figure>
  );
};

/** How long one waits for the first token, as bars. */
const FirstTokens = ({ parts }: { readonly parts: readonly BenchBackend[] }): ReactElement => {
  const t = benchText.useText();
  const rows = parts.flatMap(({ backend, firstToken }) =>
    firstToken === null
      ? []
      : [
          { backend, name: t('cold'), tokens: firstToken.promptTokens, ms: firstToken.coldMs, cold: true },
          { backend, name: t('warm'), tokens: firstToken.followUpTokens, ms: firstToken.warmMs, cold: false },
        ],
  );
  const most = Math.max(1, ...rows.map(({ ms }) => ms));
  return (
    <figure className="min-w-0">
      <figcaption className="mb-2 flex items-baseline justify-between gap-2">
        <span className="text-sm font-semibold">{t('firstToken')}</span>
        <span className="text-2xs text-ink-3">{t('firstTokenHint')}</span>
      </figcaption>
      {rows.length === 0 ? (
        <p className="text-sm text-ink-3">{t('notMeasured')}</p>
      ) : (
        <dl className="tabular flex flex-col gap-2">
          {rows.map((row) => (
            <div key={`${row.backend} ${row.name}`}>
              <dt className="flex justify-between gap-2 text-2xs text-ink-3">
                <span>
                  {`${parts.length > 1 ? `${backendName(row.backend)} · ` : ''}${row.name}, ${t('tokens', { count: row.tokens, value: formatNumber(row.tokens) })}`}
                </span>
              </dt>
              <dd className="flex items-center gap-2">
                <span className="h-2.5 min-w-0 flex-1 rounded-sm bg-sunken">
                  <span
                    className={cx('block h-full min-w-0.5 rounded-sm', row.cold ? 'bg-local' : 'bg-local-ink')}
                    style={{ width: `${String((row.ms / most) * 100)}%` }}
                  />
                </span>
                <span className="w-16 shrink-0 text-right text-xs font-semibold">{formatDuration(row.ms)}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </figure>
  );
};

/** Which mark is which way to compute. */
const Legend = ({ backends }: { readonly backends: readonly string[] }): ReactElement => {
  const t = benchText.useText();
  return (
    <ul aria-label={t('legend')} className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2">
      {backends.map((backend) => {
        const look = lookOf(backends, backend);
        return (
          <li key={backend} className="flex items-center gap-1.5">
            <svg width={28} height={12} aria-hidden className="block">
              <line
                x1={0}
                x2={28}
                y1={6}
                y2={6}
                strokeWidth={1.75}
                strokeDasharray={look.dash}
                className={look.stroke}
              />
              <Mark x={14} y={6} look={look} best={false} />
            </svg>
            {backendName(backend)}
          </li>
        );
      })}
    </ul>
  );
};

/** Four small charts over what was measured, as far as it was. */
export const BenchChart = ({ parts: all }: { readonly parts: readonly BenchBackend[] }): ReactElement => {
  const t = benchText.useText();
  const parts = all.filter(({ threads, parallel }) => threads.length > 0 || parallel.length > 0);
  const backends = parts.map(({ backend }) => backend);
  const columnsOf = (counts: readonly number[]): number[] => [...new Set(counts)].sort((a, b) => a - b);
  const byThreads = columnsOf(parts.flatMap(({ threads }) => threads.map((row) => row.threads)));
  const byReplies = columnsOf(parts.flatMap(({ parallel }) => parallel.map((row) => row.replies)));
  const threadCount = (count: number): string => t('threadCount', { count, value: formatNumber(count) });
  const replyCount = (count: number): string => t('replyCount', { count, value: formatNumber(count) });
  const seriesOf = (read: (part: BenchBackend) => { column: number; value: number | null }[]): Series[] =>
    parts.map((part) => ({
      backend: part.backend,
      points: read(part).flatMap(({ column, value }) => (value === null ? [] : [{ column, value }])),
    }));
  return (
    <div className="flex flex-col gap-4">
      {backends.length > 1 ? <Legend backends={backends} /> : null}
      <div className="grid grid-cols-[repeat(auto-fit,minmax(17rem,1fr))] gap-x-8 gap-y-6">
        <Lines
          title={t('writes')}
          note={t('byThreads')}
          columns={byThreads}
          countOf={threadCount}
          backends={backends}
          series={seriesOf(({ threads }) =>
            threads.map((row) => ({ column: row.threads, value: row.decodeTokensPerSecond })),
          )}
        />
        <Lines
          title={t('reads')}
          note={t('byThreads')}
          columns={byThreads}
          countOf={threadCount}
          backends={backends}
          series={seriesOf(({ threads }) =>
            threads.map((row) => ({ column: row.threads, value: row.prefillTokensPerSecond })),
          )}
        />
        <Lines
          title={t('atOnce')}
          note={t('byReplies')}
          columns={byReplies}
          countOf={replyCount}
          backends={backends}
          series={seriesOf(({ parallel }) =>
            parallel.map((row) => ({ column: row.replies, value: row.tokensPerSecond })),
          )}
        />
        <FirstTokens parts={parts} />
      </div>
    </div>
  );
};
