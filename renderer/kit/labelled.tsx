import { useId } from 'react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface LabelledProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong, instead of the hint. */
  readonly problem?: string | null;
  /** Given the ids that tie label and note to the control. */
  readonly children: (ids: {
    readonly id: string;
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': true | undefined;
  }) => ReactNode;
  readonly className?: string;
}

/** A field with its name above and, under it, a hint or what is wrong. */
export function Labelled({ label, hint, problem, children, className }: LabelledProps) {
  const id = useId();
  const wrong = problem !== undefined && problem !== null;
  const note = wrong ? problem : hint;
  return (
    <div className={cx('min-w-0', className)}>
      <label htmlFor={id} className="mb-1 block text-xs font-medium text-ink-2">
        {label}
      </label>
      {children({
        id,
        'aria-describedby': note === undefined ? undefined : `${id}-note`,
        'aria-invalid': wrong ? true : undefined,
      })}
      {note !== undefined && (
        <p id={`${id}-note`} className={cx('mt-1 text-xs', wrong ? 'text-failed-ink' : 'text-ink-3')}>
          {note}
        </p>
      )}
    </div>
  );
}
