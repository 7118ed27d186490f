import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { TONE_FILL } from './badge.tsx';
import type { Tone } from './badge.tsx';

const isMac = typeof navigator !== 'undefined' && navigator.platform.startsWith('Mac');

/** Keys as people see them on their keyboard: `Mod` is Cmd on a Mac and Ctrl elsewhere. */
export function Kbd({ keys }: { readonly keys: readonly string[] }) {
  return (
    <span className="inline-flex gap-0.5">
      {keys.map((key) => (
        <kbd key={key} className="rounded-sm bg-hover px-1 font-sans text-2xs text-ink-2 ring-1 ring-line">
          {key === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : key}
        </kbd>
      ))}
    </span>
  );
}

/** Read aloud, not seen. */
export const VisuallyHidden = ({ children }: { readonly children: ReactNode }) => (
  <span className="sr-only">{children}</span>
);

export interface MeterProps {
  /** Accessible name. */
  readonly label: string;
  readonly value: number;
  readonly max: number;
  /** What is said for the value, with its unit. */
  readonly text: string;
  readonly tone?: Tone;
  readonly className?: string;
}

export function Meter({ label, value, max, text, tone = 'neutral', className }: MeterProps) {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  return (
    <span
      role="meter"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={0}
      aria-valuemax={Math.max(max, value)}
      aria-valuetext={text}
      title={text}
      className={cx('block h-1 w-16 overflow-hidden rounded-full bg-line', className)}
    >
      <span className={cx('block h-full rounded-full', TONE_FILL[tone])} style={{ width: `${share * 100}%` }} />
    </span>
  );
}
