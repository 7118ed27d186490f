import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { cx } from './cx.ts';

export interface TableColumn<Row> {
  readonly key: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** A CSS grid track: `1fr`, `minmax(120px, 2fr)`, `96px`. */
  readonly width: string;
  readonly align?: 'start' | 'end';
  readonly sortable?: boolean;
  /** Left out when the table is narrower than this many pixels. */
  readonly hideBelowPx?: number;
}

export interface TableSort {
  readonly key: string;
  readonly descending: boolean;
}

export interface TableProps<Row> {
  /** Accessible name. */
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** All rows there are, when more than are loaded. */
  readonly totalRows?: number;
  readonly selectedKey?: string | null;
  /** On click, Enter or Space. */
  readonly onOpen?: (row: Row) => void;
  readonly sort?: TableSort;
  readonly onSort?: (sort: TableSort) => void;
  /** Near the end of the loaded rows. */
  readonly onEndReached?: () => void;
  readonly rowHeightPx?: number;
  /** What it lies on: its head covers the rows that pass below it. */
  readonly ground?: 'surface' | 'raised';
  readonly className?: string;
}

/** Rows in the hundred thousands: only those in view are in the page. Arrow keys, Home, End and Page keys move; Enter opens. */
export function Table<Row>(props: TableProps<Row>) {
  const { label, columns, rows, rowKey, totalRows, selectedKey, onOpen, sort, onSort, onEndReached, className } = props;
  const ground = props.ground ?? 'surface';
  const rowHeightPx = props.rowHeightPx ?? 36;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const [widthPx, setWidthPx] = useState(10_000);
  const moving = useRef(false);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 8,
    // The row with the focus stays drawn however far one scrolls: else the focus would fall to the page.
    rangeExtractor: (range) => {
      const near = defaultRangeExtractor(range);
      if (active >= rows.length || near.includes(active)) return near;
      return [...near, active].sort((a, b) => a - b);
    },
  });
  const items = virtual.getVirtualItems();
  const lastIndex = virtual.range?.endIndex ?? -1;

  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setWidthPx(entry.contentRect.width));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (lastIndex >= rows.length - 10 && rows.length > 0) onEndReached?.();
  }, [lastIndex, rows.length, onEndReached]);

  useEffect(() => {
    if (!moving.current) return;
    // After a long jump the row is drawn a frame later: wait for it.
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    if (!row) return;
    moving.current = false;
    row.focus();
  });

  const shown = columns.filter((column) => column.hideBelowPx === undefined || widthPx >= column.hideBelowPx);
  const template = shown.map((column) => column.width).join(' ');
  const current = Math.min(active, Math.max(0, rows.length - 1));

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (!(event.target instanceof HTMLElement) || event.target.dataset['index'] === undefined) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / rowHeightPx) - 1);
    const moves: Record<string, number> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: rows.length - 1,
    };
    const next = moves[event.key];
    if (next !== undefined) {
      event.preventDefault();
      const index = Math.min(rows.length - 1, Math.max(0, next));
      moving.current = true;
      setActive(index);
      virtual.scrollToIndex(index);
    } else if (event.key === 'Enter' || event.key === ' ') {
      const row = rows[current];
      if (row !== undefined && onOpen) {
        event.preventDefault();
        onOpen(row);
      }
    }
  };

  return (
    <div
      ref={scroller}
      role="table"
      aria-label={label}
      aria-rowcount={(totalRows ?? rows.length) + 1}
      onKeyDown={onKeyDown}
      className={cx('scroll-y min-h-0 flex-1 text-sm', className)}
    >
      <div role="rowgroup" className={cx('sticky top-0 z-10', ground === 'raised' ? 'bg-raised' : 'bg-surface')}>
        <div
          role="row"
          aria-rowindex={1}
          className="grid h-8 items-center gap-3 border-b border-line px-4"
          style={{ gridTemplateColumns: template }}
        >
          {shown.map((column) => {
            const sorted = sort?.key === column.key ? sort : undefined;
            return (
              <div
                key={column.key}
                role="columnheader"
                {...(sorted
                  ? { 'aria-sort': sorted.descending ? ('descending' as const) : ('ascending' as const) }
                  : {})}
                className={cx('flex min-w-0 text-xs font-medium text-ink-3', column.align === 'end' && 'justify-end')}
              >
                {column.sortable === true && onSort ? (
                  <button
                    type="button"
                    className="flex h-8 min-w-0 items-center gap-1 hover:text-ink"
                    onClick={() => onSort({ key: column.key, descending: sorted ? !sorted.descending : true })}
                  >
                    <span className="truncate">{column.header}</span>
                    {sorted &&
                      (sorted.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
                  </button>
                ) : (
                  <span className="truncate">{column.header}</span>
                )}
              </div>
            );
          })}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const key = rowKey(row);
          const selected = selectedKey !== undefined && selectedKey === key;
          return (
            <div
              key={key}
              role="row"
              aria-rowindex={item.index + 2}
              aria-current={selected ? 'true' : undefined}
              data-index={item.index}
              tabIndex={item.index === current ? 0 : -1}
              onFocus={() => setActive(item.index)}
              onClick={() => onOpen?.(row)}
              className={cx(
                'absolute inset-x-0 top-0 grid items-center gap-3 border-b border-line/60 px-4 focus-visible:-outline-offset-2',
                selected ? 'bg-selected' : onOpen && 'hover:bg-hover',
              )}
              style={{ gridTemplateColumns: template, height: rowHeightPx, transform: `translateY(${item.start}px)` }}
            >
              {shown.map((column) => (
                <div
                  key={column.key}
                  role="cell"
                  className={cx(
                    'flex min-w-0 items-center truncate',
                    column.align === 'end' && 'justify-end text-right',
                  )}
                >
                  {column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
