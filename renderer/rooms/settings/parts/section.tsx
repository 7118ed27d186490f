import { useId } from 'react';
import type { ReactNode } from 'react';
import { cx } from '../../../kit/index.ts';

/** A titled group of rows. */
export function Section({
  id,
  title,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly children: ReactNode;
}) {
  const titleId = useId();
  return (
    <section id={id} tabIndex={-1} aria-labelledby={titleId} className="scroll-mt-6 rounded-lg outline-none">
      <h2 id={titleId} className="mb-2 px-4 text-base font-semibold text-ink">
        {title}
      </h2>
      <div className="divide-y divide-line overflow-clip rounded-lg bg-raised ring-1 ring-line">{children}</div>
    </section>
  );
}

export interface RowProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly problem?: string | null;
  /** The control stands below instead of beside: for wide ones. */
  readonly wide?: boolean;
  readonly children?: ReactNode;
}

export const Row = ({ label, hint, problem, wide = false, children }: RowProps) => (
  <div
    className={cx(
      'min-h-13 gap-x-6 gap-y-2 px-4 py-2.5',
      wide ? 'flex flex-col' : 'flex flex-wrap items-center justify-between sm:flex-nowrap',
    )}
  >
    <div className={cx('min-w-0', !wide && 'flex-1 basis-60')}>
      <div className="text-sm text-ink">{label}</div>
      {hint !== undefined && <div className="mt-0.5 text-xs text-ink-3">{hint}</div>}
      {problem !== undefined && problem !== null && (
        <div role="alert" className="mt-0.5 text-xs text-failed-ink">
          {problem}
        </div>
      )}
    </div>
    {children !== undefined && (
      <div className={cx('flex min-w-0 items-center', wide ? 'w-full' : 'max-w-full shrink-0 justify-end')}>
        {children}
      </div>
    )}
  </div>
);

/** A path or other value one may want to copy: mono, breaks anywhere. */
export const Value = ({ children }: { readonly children: ReactNode }) => (
  <span className="font-mono text-xs break-all text-ink-2 select-text">{children}</span>
);
