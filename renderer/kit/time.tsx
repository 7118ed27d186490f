import { formatDateTime, formatWhen } from './format.ts';
import { useLanguage } from './i18n/index.ts';
import { cx } from './cx.ts';

/** A moment, short on the page and whole on hover. */
export function Time({ at, className }: { readonly at: number; readonly className?: string }) {
  useLanguage();
  return (
    <time dateTime={new Date(at).toISOString()} title={formatDateTime(at)} className={cx('tabular', className)}>
      {formatWhen(at, Date.now())}
    </time>
  );
}
