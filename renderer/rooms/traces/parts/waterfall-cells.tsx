import { ChevronDown, ChevronRight } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Span, Trace } from '../../../../electron/contract/entities/trace.ts';
import { formatDuration } from '../../../kit/index.ts';
import { useLanguage } from '../../../kit/i18n/index.ts';
import { tracesText } from '../text.ts';
import { timeMarks } from '../waterfall.ts';
import type { Waterfall as Layout, WaterfallRow } from '../waterfall.ts';

export const HEAD_PX = 26;

/** Work has the colour of where it was done. */
const WORK = {
  local: { solid: 'bg-local', light: 'bg-local/55', frame: 'bg-local/25 border border-local' },
  cloud: { solid: 'bg-cloud', light: 'bg-cloud/55', frame: 'bg-cloud/25 border border-cloud' },
  cached: { solid: 'bg-cached', light: 'bg-cached/55', frame: 'bg-cached/25 border border-cached' },
} as const;

/** Waiting is hollow, loading is light, work is solid; red is only for what failed. */
const barLook = (span: Span, route: Trace['route']): string => {
  if (span.status === 'error') return 'bg-failed';
  switch (span.kind) {
    case 'turn':
      return 'bg-ink-3/35';
    case 'queue':
      return 'border border-dashed border-ink-3';
    case 'load':
      return 'bg-ink-3/60';
    case 'prefill':
      return WORK[route ?? 'local'].light;
    case 'stream':
      return WORK[route ?? 'local'].solid;
    case 'attempt':
      return WORK[route ?? 'local'].frame;
    default:
      return 'bg-ink-3';
  }
};

/** Kinds a trace can hold several of: their recorded English names tell them apart. */
const TOLD_APART: ReadonlySet<Span['kind']> = new Set(['prompt', 'check', 'storage', 'access', 'cache', 'review']);

export const COLUMNS = 'grid grid-cols-[minmax(9rem,38%)_1fr_5rem] items-center gap-3';

export const NameCell = ({
  row,
  onToggle,
}: {
  readonly row: WaterfallRow;
  readonly onToggle: (id: string) => void;
}): ReactElement => {
  const t = tracesText.useText();
  const label = t(`spanKind.${row.span.kind}`);
  const language = useLanguage();
  const told = row.span.kind === 'attempt' || (language === 'en' && TOLD_APART.has(row.span.kind));
  const note = told ? row.span.name.replace(/^Attempt \d+: /, '') : '';
  return (
    <div
      role="gridcell"
      className="flex h-full min-w-0 items-center"
      style={{ paddingLeft: Math.min(row.level - 1, 12) * 14 }}
    >
      <span
        aria-hidden="true"
        onClick={(event) => {
          if (row.children === 0) return;
          event.stopPropagation();
          onToggle(row.span.id);
        }}
        className="grid h-8 w-6 shrink-0 place-items-center text-ink-3"
      >
        {row.children === 0 ? null : row.expanded ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
      </span>
      <span className="truncate" title={row.span.name}>
        {label}
        {note === '' ? null : <span className="text-ink-3">{` ${note}`}</span>}
      </span>
      {row.span.status === 'error' ? (
        <span className="ml-1.5 shrink-0 rounded-sm bg-failed-soft px-1 text-2xs font-medium text-failed-ink">
          {t('stepFailed')}
        </span>
      ) : null}
    </div>
  );
};

export const BarCell = ({
  row,
  totalMs,
  firstTokenMs,
  route,
}: {
  readonly row: WaterfallRow;
  readonly totalMs: number;
  readonly firstTokenMs: number | null;
  readonly route: Trace['route'];
}): ReactElement => {
  const t = tracesText.useText();
  const { span, left, width } = row;
  const words =
    span.durationMs === null
      ? t('barOpen', { start: formatDuration(span.startMs) })
      : t('barLabel', { start: formatDuration(span.startMs), duration: formatDuration(span.durationMs) });
  return (
    <div role="gridcell" className="relative h-full">
      <span className="sr-only">{words}</span>
      {firstTokenMs === null ? null : (
        <span
          aria-hidden="true"
          className="absolute inset-y-0 w-px bg-line"
          style={{ left: percent(firstTokenMs / totalMs) }}
        />
      )}
      <span
        aria-hidden="true"
        className={`absolute top-2.5 h-3 min-w-[3px] rounded-xs ${barLook(span, route)}`}
        style={{ left: `min(${percent(left)}, calc(100% - 3px))`, width: percent(width) }}
      />
    </div>
  );
};

export const Axis = ({
  layout,
  firstTokenMs,
}: {
  readonly layout: Layout;
  readonly firstTokenMs: number | null;
}): ReactElement => {
  const t = tracesText.useText();
  const marks = timeMarks(layout.totalMs, 4);
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      <div
        role="row"
        aria-rowindex={1}
        style={{ height: HEAD_PX }}
        className={`${COLUMNS} border-b border-line bg-sunken pr-3 pl-1 text-2xs text-ink-3`}
      >
        <div role="columnheader" className="pl-2">
          {t('step')}
        </div>
        <div role="columnheader" className="tabular relative h-4">
          <span className="sr-only">{t('timeline')}</span>
          {marks.map((mark) => (
            <span
              key={mark}
              aria-hidden="true"
              className="absolute top-0 whitespace-nowrap"
              style={
                mark / layout.totalMs > 0.9
                  ? { right: percent(1 - mark / layout.totalMs) }
                  : { left: percent(mark / layout.totalMs) }
              }
            >
              {formatDuration(mark)}
            </span>
          ))}
          {firstTokenMs === null ? null : (
            <span
              aria-hidden="true"
              title={`${t('fact.firstToken')} ${formatDuration(firstTokenMs)}`}
              className="absolute -bottom-1 size-1.5 -translate-x-1/2 rotate-45 bg-ink"
              style={{ left: percent(Math.min(1, firstTokenMs / layout.totalMs)) }}
            />
          )}
        </div>
        <div role="columnheader" className="text-right">
          {t('took')}
        </div>
      </div>
    </div>
  );
};

const percent = (share: number): string => `${String(Math.round(share * 1e5) / 1e3)}%`;
