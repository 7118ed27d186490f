import { useRef } from 'react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { kitText } from './text.ts';

export interface SplitPaneProps {
  /** What the sized pane is called, e.g. "Sidebar". */
  readonly name: string;
  /** Side the sized pane stands on. */
  readonly side: 'start' | 'end';
  readonly open: boolean;
  readonly widthPx: number;
  readonly minPx: number;
  readonly maxPx: number;
  /** Width it goes back to on a double click. */
  readonly defaultPx: number;
  readonly onWidth: (widthPx: number) => void;
  readonly pane: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

const STEP_PX = 16;

/** One pane with a width in pixels that a person sets, beside one that takes the rest. Arrow keys move the edge too. */
export function SplitPane(props: SplitPaneProps) {
  const { name, side, open, widthPx, minPx, maxPx, defaultPx, onWidth, pane, children, className } = props;
  const t = kitText.useText();
  const from = useRef<{ x: number; width: number } | null>(null);
  const clamp = (px: number): number => Math.round(Math.min(maxPx, Math.max(minPx, px)));
  const width = clamp(widthPx);
  const sign = side === 'start' ? 1 : -1;
  const edge = (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t('resize', { name })}
      aria-valuenow={width}
      aria-valuemin={minPx}
      aria-valuemax={maxPx}
      tabIndex={0}
      className="group relative z-10 -mx-1 w-2 shrink-0 cursor-col-resize touch-none focus-visible:outline-offset-0"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        if (from.current) onWidth(clamp(from.current.width + sign * (event.clientX - from.current.x)));
      }}
      onPointerUp={() => (from.current = null)}
      onPointerCancel={() => (from.current = null)}
      onDoubleClick={() => onWidth(clamp(defaultPx))}
      onKeyDown={(event) => {
        const moves: Record<string, number> = {
          ArrowLeft: width - sign * STEP_PX,
          ArrowRight: width + sign * STEP_PX,
          Home: minPx,
          End: maxPx,
        };
        const next = moves[event.key];
        if (next === undefined) return;
        event.preventDefault();
        onWidth(clamp(next));
      }}
    >
      <span className="absolute inset-y-0 left-1/2 w-px -translate-x-1/2 bg-line group-hover:bg-line-strong group-active:bg-line-strong" />
    </div>
  );
  const sized = open && (
    <div className="flex min-h-0 max-w-[70%] min-w-0 shrink-0 flex-col" style={{ width }}>
      {pane}
    </div>
  );
  return (
    <div className={cx('flex min-h-0 min-w-0 flex-1', className)}>
      {side === 'start' && sized}
      {side === 'start' && open && edge}
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">{children}</div>
      {side === 'end' && open && edge}
      {side === 'end' && sized}
    </div>
  );
}
