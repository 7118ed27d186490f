import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { ErrorState, Skeleton } from './states.tsx';

export interface RoomHeaderProps {
  readonly title: string;
  /** How much there is, beside the title. */
  readonly note?: ReactNode;
  /** Buttons at the end of the line. */
  readonly children?: ReactNode;
  /** A line below, where what follows scrolls under it. */
  readonly line?: boolean;
}

/** The head of a room: 48 px, so that titles stand at one height in every room and beside every panel. */
export const RoomHeader = ({ title, note, children, line = false }: RoomHeaderProps) => (
  <header className={cx('flex h-12 shrink-0 items-center gap-3 px-4', line && 'border-b border-line')}>
    <h1 className="shrink-0 text-lg font-semibold">{title}</h1>
    {note !== undefined && (
      <span role="status" className="tabular min-w-0 truncate pt-px text-xs text-ink-3">
        {note}
      </span>
    )}
    {children !== undefined && <div className="ml-auto flex min-w-0 items-center gap-2">{children}</div>}
  </header>
);

export interface RoomWaitingProps {
  readonly title: string;
  /** Why there is nothing to show, as one sentence; null = it is still being read. */
  readonly problem: string | null;
  readonly onRetry?: () => void;
}

/** A room before its first answer: the title, then grey lines or what went wrong. */
export const RoomWaiting = ({ title, problem, onRetry }: RoomWaitingProps) => (
  <div className="flex min-h-0 flex-1 flex-col">
    <RoomHeader title={title} />
    {problem === null ? (
      <Skeleton lines={8} className="p-4" />
    ) : (
      <ErrorState text={problem} {...(onRetry ? { onRetry } : {})} className="flex-1" />
    )}
  </div>
);
