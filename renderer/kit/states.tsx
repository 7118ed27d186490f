import { CircleAlert } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { cx } from './cx.ts';
import { kitText } from './text.ts';

const SKELETON_DELAY_MS = 150;

/** Grey lines, but only once waiting has lasted 150 ms. */
export function Skeleton({ lines = 3, className }: { readonly lines?: number; readonly className?: string }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SKELETON_DELAY_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div aria-busy className={cx('flex flex-col gap-3', className)}>
      {shown &&
        Array.from({ length: lines }, (_, index) => (
          <span
            key={index}
            className="block h-4 animate-wait rounded-sm bg-hover"
            style={{ width: `${[92, 74, 84, 60][index % 4] ?? 80}%` }}
          />
        ))}
    </div>
  );
}

export interface EmptyStateProps {
  readonly icon?: LucideIcon;
  /** One sentence. */
  readonly text: ReactNode;
  /** One action: a Button. */
  readonly action?: ReactNode;
  readonly className?: string;
}

export const EmptyState = ({ icon: Icon, text, action, className }: EmptyStateProps) => (
  <div className={cx('flex flex-col items-center justify-center gap-4 px-6 py-12 text-center', className)}>
    {Icon && <Icon size={28} strokeWidth={1.25} aria-hidden className="text-ink-3" />}
    <p className="max-w-sm text-sm text-balance text-ink-2">{text}</p>
    {action}
  </div>
);

export interface ErrorStateProps {
  /** The cause, one sentence that says what to do. */
  readonly text: string;
  readonly onRetry?: () => void;
  readonly action?: ReactNode;
  readonly className?: string;
}

export function ErrorState({ text, onRetry, action, className }: ErrorStateProps) {
  const t = kitText.useText();
  return (
    <div
      role="alert"
      className={cx('flex flex-col items-center justify-center gap-3 px-6 py-12 text-center', className)}
    >
      <CircleAlert size={28} strokeWidth={1.5} aria-hidden className="text-failed" />
      <p className="text-sm font-semibold text-ink">{t('failedTitle')}</p>
      <p className="max-w-md text-sm text-balance text-ink-2">{text}</p>
      {onRetry && <Button onClick={onRetry}>{t('tryAgain')}</Button>}
      {action}
    </div>
  );
}
