import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from '../../../kit/index.ts';

interface ToolButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'aria-label'> {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly filled?: boolean;
}

/** A plain small button. There are dozens on screen and they come and go while scrolling, so they carry no tooltip part. */
export const ToolButton = ({ icon: Icon, label, filled = false, className, ...rest }: ToolButtonProps): ReactNode => (
  <button
    type="button"
    {...rest}
    aria-label={label}
    title={label}
    className={cx(
      'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-3 hover:bg-hover hover:text-ink',
      'disabled:opacity-40 aria-pressed:text-ink',
      className,
    )}
  >
    <Icon size={15} aria-hidden fill={filled ? 'currentColor' : 'none'} />
  </button>
);
