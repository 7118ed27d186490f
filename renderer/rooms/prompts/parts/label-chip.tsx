import { X } from 'lucide-react';
import type { ReactElement } from 'react';
import { cx } from '../../../kit/index.ts';
import { PRODUCTION } from '../labels.ts';
import { promptsText } from '../text.ts';

/** A label on a version; production stands out by weight, not by a colour that means something else. */
export const LabelChip = ({
  label,
  onRemove,
}: {
  readonly label: string;
  readonly onRemove?: () => void;
}): ReactElement => {
  const t = promptsText.useText();
  return (
    <span
      className={cx(
        'inline-flex max-w-48 items-center rounded-sm text-2xs font-medium',
        label === PRODUCTION ? 'bg-accent text-on-accent' : 'bg-hover text-ink-2 ring-1 ring-line ring-inset',
      )}
    >
      <span className="truncate px-1.5 py-0.5">{label}</span>
      {onRemove === undefined ? null : (
        <button
          type="button"
          aria-label={t('removeLabel', { label })}
          className="relative grid size-5 shrink-0 place-items-center after:absolute after:-inset-1.5"
          onClick={onRemove}
        >
          <X size={11} aria-hidden />
        </button>
      )}
    </span>
  );
};
