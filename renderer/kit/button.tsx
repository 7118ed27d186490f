import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx.ts';
import { Tooltip } from './tooltip.tsx';

export type ButtonLook = 'primary' | 'secondary' | 'ghost' | 'danger';

const BASE =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md text-sm font-medium whitespace-nowrap select-none ' +
  'transition-colors duration-100 disabled:pointer-events-none disabled:opacity-45 aria-disabled:opacity-45';

const LOOKS: Record<ButtonLook, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  secondary: 'bg-raised text-ink ring-1 ring-inset ring-line-strong/40 hover:bg-hover',
  ghost:
    'text-ink-2 hover:bg-hover hover:text-ink data-[state=open]:bg-hover aria-pressed:bg-selected aria-pressed:text-ink',
  danger: 'bg-failed-soft text-failed-ink ring-1 ring-inset ring-failed/40 hover:ring-failed',
};

export interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: ButtonLook;
  readonly icon?: LucideIcon;
  /** Shows that it works and takes no second click. */
  readonly busy?: boolean;
}

export function Button({ look = 'secondary', icon: Icon, busy, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || busy === true}
      aria-busy={busy === true ? true : undefined}
      className={cx(BASE, 'h-8 px-3', LOOKS[look], busy === true && 'animate-wait', className)}
    >
      {Icon && <Icon size={16} aria-hidden className="-ml-0.5 shrink-0" />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'aria-label'> {
  readonly icon: LucideIcon;
  /** The accessible name, shown as a tooltip too. */
  readonly label: string;
  /** Keys shown in the tooltip. */
  readonly keys?: ReactNode;
  readonly look?: ButtonLook;
  readonly iconSize?: number;
  readonly tooltipSide?: 'top' | 'right' | 'bottom' | 'left';
}

export function IconButton({
  icon: Icon,
  label,
  keys,
  look = 'ghost',
  iconSize = 16,
  tooltipSide = 'bottom',
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys} side={tooltipSide}>
      <button type="button" {...rest} aria-label={label} className={cx(BASE, 'size-8', LOOKS[look], className)}>
        <Icon size={iconSize} aria-hidden />
      </button>
    </Tooltip>
  );
}
