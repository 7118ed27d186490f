import { useVirtualizer } from '@tanstack/react-virtual';
import { useId, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import type { Span, Trace } from '../../../../electron/contract/entities/trace.ts';
import { formatDuration } from '../../../kit/index.ts';
import { routeOfSpan } from '../attempts.ts';
import { useAskedSpan } from '../diagnosis/span-ask.ts';
import { tracesText } from '../text.ts';
import { layoutWaterfall, stepInTree } from '../waterfall.ts';
import type { WaterfallRow } from '../waterfall.ts';
import { SpanDetail } from './span-detail.tsx';
import { Axis, BarCell, COLUMNS, HEAD_PX, NameCell } from './waterfall-cells.tsx';

const ROW_PX = 32;
const MAX_PX = HEAD_PX + 14 * ROW_PX;

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
  useAskedSpan((spanId) => {
    const at = layoutWaterfall(trace.spans).rows.findIndex((row) => row.span.id === spanId);
    if (at < 0) return;
    setCollapsed(new Set());
    setHovered(null);
    setChosen(spanId);
    // Once what was closed is open again: before it the row has no place.
    requestAnimationFrame(() => {
      scroller.current?.scrollIntoView({ block: 'nearest' });
      scroller.current?.focus({ preventScroll: true });
      virtual.scrollToIndex(at, { align: 'center' });
    });
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
                <BarCell
                  row={row}
                  totalMs={layout.totalMs}
                  firstTokenMs={trace.firstTokenMs}
                  route={routeOfSpan(trace, row.span) ?? trace.route}
                />
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
