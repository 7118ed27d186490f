import { useId } from 'react';
import type { ReactElement, ReactNode } from 'react';

/** A field with its name above and, under it, a hint or what is wrong. */
export const Labelled = ({
  label,
  hint,
  problem,
  children,
}: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly problem?: string | null;
  /** Given the ids that tie label and note to the control. */
  readonly children: (ids: {
    readonly id: string;
    readonly 'aria-describedby': string;
    readonly 'aria-invalid': true | undefined;
  }) => ReactNode;
}): ReactElement => {
  const id = useId();
  const wrong = problem !== undefined && problem !== null;
  return (
    <div>
      <label htmlFor={id} className="text-xs font-medium text-ink-2">
        {label}
      </label>
      <div className="mt-1">
        {children({ id, 'aria-describedby': `${id}-note`, 'aria-invalid': wrong ? true : undefined })}
      </div>
      <p id={`${id}-note`} className={wrong ? 'mt-1 text-xs text-failed-ink' : 'mt-1 text-xs text-ink-3'}>
        {wrong ? problem : hint}
      </p>
    </div>
  );
};
