import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useId, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import type { Span, Trace } from '../../../../electron/contract/entities/trace.ts';
import { formatDuration } from '../../../kit/index.ts';
import { tracesText } from '../text.ts';
import { layoutWaterfall, stepInTree, timeMarks } from '../waterfall.ts';
import type { Waterfall as Layout, WaterfallRow } from '../waterfall.ts';
import { SpanDetail } from './span-detail.tsx';

const ROW_PX = 32;
const HEAD_PX = 26;
const MAX_PX = HEAD_PX + 14 * ROW_PX;

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

/** Kinds a trace can hold several of: their names tell them apart. The others say all with their kind. */
const TOLD_APART: ReadonlySet<Span['kind']> = new Set(['attempt', 'check', 'storage', 'access', 'cache', 'review']);

const COLUMNS = 'grid grid-cols-[minmax(9rem,34%)_1fr_5rem] items-center gap-3';

/** Steps of a trace over time. One tab stop; arrows move, right and left open and close, as in any tree. */
export const Waterfall = ({ trace }: { readonly trace: Trace }): ReactElement => {
  const t = tracesText.useText();
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<string | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const base = useId();
  const layout = useMemo(
    () => layoutWaterfall(trace.spans, collapsed, trace.durationMs),
    [trace.spans, trace.durationMs, collapsed],
  );
  const { rows } = layout;
  const activeAt = Math.max(
    0,
    rows.findIndex((row) => row.span.id === (chosen ?? firstToLookAt(rows))),
  );
  const active = rows[activeAt];
  const shown = rows.find((row) => row.span.id === hovered) ?? active;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    paddingStart: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    getItemKey: (at) => rows[at]?.span.id ?? at,
  });
  const toggle = (id: string): void => {
    setCollapsed((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  };
  const onKey = (event: KeyboardEvent): void => {
    if (active === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (active.children > 0) toggle(active.span.id);
      return;
    }
    const step = stepInTree(rows, activeAt, event.key);
    if (step.row === activeAt && !step.toggle && !/^(Arrow|Home|End|Page)/.test(event.key)) return;
    event.preventDefault();
    if (step.toggle) toggle(active.span.id);
    const next = rows[step.row];
    if (next === undefined) return;
    setHovered(null);
    setChosen(next.span.id);
    virtual.scrollToIndex(step.row, { align: 'auto' });
  };
  const parents = rows.some((row) => row.children > 0);
  const allOpen = collapsed.size === 0;
  const drawn = virtual.getVirtualItems();
  return (
    <section aria-labelledby={`${base}-h`} className="min-w-0">
      <div className="mb-2 flex items-baseline gap-3">
        <h3 id={`${base}-h`} className="text-sm font-semibold">
          {t('waterfall')}
        </h3>
        <span className="tabular text-xs text-ink-3">{t('spans', { count: layout.spanCount })}</span>
        {parents ? (
          <button
            type="button"
            className="ml-auto min-h-8 rounded-md px-2 text-xs text-ink-2 hover:bg-hover hover:text-ink"
            onClick={() => {
              setCollapsed(allOpen ? withChildren(trace.spans) : new Set());
            }}
          >
            {allOpen ? t('collapseAll') : t('expandAll')}
          </button>
        ) : null}
      </div>
      <div
        ref={scroller}
        role="treegrid"
        tabIndex={0}
        aria-label={t('waterfall')}
        aria-describedby={`${base}-hint`}
        aria-rowcount={rows.length + 1}
        aria-activedescendant={active === undefined ? undefined : `${base}-${active.span.id}`}
        onKeyDown={onKey}
        onMouseLeave={() => {
          setHovered(null);
        }}
        className="group scroll-y relative rounded-lg border border-line bg-surface"
        style={{ maxHeight: MAX_PX }}
      >
        <Axis layout={layout} firstTokenMs={trace.firstTokenMs} />
        <div role="rowgroup" style={{ height: virtual.getTotalSize() - HEAD_PX }} className="relative">
          {drawn.map((item) => {
            const row = rows[item.index];
            return row === undefined ? null : (
              <div
                key={item.key}
                id={`${base}-${row.span.id}`}
                role="row"
                aria-rowindex={item.index + 2}
                aria-level={row.level}
                aria-posinset={row.position}
                aria-setsize={row.siblings}
                aria-expanded={row.children > 0 ? row.expanded : undefined}
                aria-selected={row === active}
                onClick={() => {
                  setChosen(row.span.id);
                }}
                onMouseEnter={() => {
                  setHovered(row.span.id);
                }}
                style={{ transform: `translateY(${String(item.start - HEAD_PX)}px)`, height: ROW_PX }}
                className={`${COLUMNS} absolute inset-x-0 top-0 pr-3 pl-1 text-xs ${row === active ? 'bg-selected group-focus-visible:outline-2 group-focus-visible:-outline-offset-2 group-focus-visible:outline-focus' : row === shown ? 'bg-hover' : ''}`}
              >
                <NameCell row={row} onToggle={toggle} />
                <BarCell row={row} totalMs={layout.totalMs} firstTokenMs={trace.firstTokenMs} route={trace.route} />
                <div role="gridcell" className="tabular text-right text-ink-2">
                  {row.span.durationMs === null ? t('unfinished') : formatDuration(row.span.durationMs)}
                </div>
              </div>
            );
          })}
        </div>
      </div>
      <p id={`${base}-hint`} className="mt-1.5 text-xs text-ink-3">
        {t('waterfallHint')}
      </p>
      {shown === undefined ? null : <SpanDetail row={shown} />}
    </section>
  );
};

/** The step a person came for: the first that failed, else the whole. */
const firstToLookAt = (rows: readonly WaterfallRow[]): string | null => {
  const failed = rows.filter((row) => row.span.status === 'error');
  const deepest = failed.reduce<WaterfallRow | null>(
    (best, row) => (best === null || row.level > best.level ? row : best),
    null,
  );
  return (deepest ?? rows[0])?.span.id ?? null;
};

const withChildren = (spans: readonly Span[]): ReadonlySet<string> =>
  new Set(spans.map((span) => span.parentId).filter((id) => id !== null));

const NameCell = ({
  row,
  onToggle,
}: {
  readonly row: WaterfallRow;
  readonly onToggle: (id: string) => void;
}): ReactElement => {
  const t = tracesText.useText();
  const label = t(`spanKind.${row.span.kind}`);
  const note = TOLD_APART.has(row.span.kind) ? row.span.name.replace(/^Attempt \d+: /, '') : '';
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

const BarCell = ({
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

const Axis = ({
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
