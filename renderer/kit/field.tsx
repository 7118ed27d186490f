import { Check, Search, X } from 'lucide-react';
import { Checkbox as RadixCheckbox, Slider as RadixSlider, Switch as RadixSwitch } from 'radix-ui';
import { useId, useRef } from 'react';
import type { ComponentProps, ReactNode, Ref } from 'react';
import { cx } from './cx.ts';
import { kitText } from './text.ts';

const FIELD =
  // A width given from outside wins over the whole line.
  '[:where(&)]:w-full rounded-md bg-raised text-sm text-ink ring-1 ring-line-strong/60 ring-inset placeholder:text-ink-3 ' +
  'focus-visible:outline-offset-0 disabled:opacity-45 aria-invalid:ring-failed';

export const Input = ({ className, ...rest }: ComponentProps<'input'>) => (
  <input type="text" {...rest} className={cx(FIELD, 'h-8 px-2.5', className)} />
);

export const Textarea = ({ className, ...rest }: ComponentProps<'textarea'>) => (
  <textarea rows={4} {...rest} className={cx(FIELD, 'resize-y px-2.5 py-1.5 leading-relaxed', className)} />
);

export interface CheckboxProps {
  readonly label: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** `checkbox` named by its label; the whole line is the target. */
export function Checkbox({ label, checked, onChange, disabled, className }: CheckboxProps) {
  const id = useId();
  return (
    <div className={cx('flex min-h-8 items-center gap-2', className)}>
      <RadixCheckbox.Root
        id={id}
        checked={checked}
        disabled={disabled === true}
        onCheckedChange={(next) => onChange(next === true)}
        className="relative flex size-4 shrink-0 items-center justify-center rounded-sm ring-1 ring-line-strong ring-inset after:absolute after:-inset-2 disabled:opacity-45 data-[state=checked]:bg-accent data-[state=checked]:text-on-accent data-[state=checked]:ring-accent"
      >
        <RadixCheckbox.Indicator>
          <Check size={12} strokeWidth={3} aria-hidden />
        </RadixCheckbox.Indicator>
      </RadixCheckbox.Root>
      <label htmlFor={id} className="text-sm text-ink select-none">
        {label}
      </label>
    </div>
  );
}

export interface SwitchProps {
  /** Accessible name. */
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly id?: string;
}

export const Switch = ({ label, checked, onChange, disabled, id }: SwitchProps) => (
  <RadixSwitch.Root
    aria-label={label}
    {...(id === undefined ? {} : { id })}
    checked={checked}
    disabled={disabled === true}
    onCheckedChange={onChange}
    className="relative h-5 w-9 shrink-0 rounded-full bg-line-strong transition-colors duration-100 after:absolute after:-inset-1.5 disabled:opacity-45 data-[state=checked]:bg-local"
  >
    <RadixSwitch.Thumb className="block size-4 translate-x-0.5 rounded-full bg-[#fff] shadow-sm transition-transform duration-100 data-[state=checked]:translate-x-[18px]" />
  </RadixSwitch.Root>
);

export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
  /** When the handle is let go. */
  readonly onCommit?: (value: number) => void;
  readonly format?: (value: number) => string;
  readonly disabled?: boolean;
  readonly className?: string;
}

export const Slider = ({
  label,
  value,
  min,
  max,
  step,
  onChange,
  onCommit,
  format,
  disabled,
  className,
}: SliderProps) => (
  <RadixSlider.Root
    value={[value]}
    min={min}
    max={max}
    step={step}
    disabled={disabled === true}
    onValueChange={([next]) => next !== undefined && onChange(next)}
    onValueCommit={([next]) => next !== undefined && onCommit?.(next)}
    className={cx('relative flex h-8 w-full touch-none items-center select-none data-[disabled]:opacity-45', className)}
  >
    <RadixSlider.Track className="relative h-1 grow rounded-full bg-line-strong/50">
      <RadixSlider.Range className="absolute h-full rounded-full bg-accent" />
    </RadixSlider.Track>
    <RadixSlider.Thumb
      aria-label={label}
      aria-valuetext={format?.(value)}
      className="block size-4 rounded-full bg-raised shadow-sm ring-2 ring-accent after:absolute after:-inset-2"
    />
  </RadixSlider.Root>
);

export interface SearchBoxProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly className?: string;
  readonly inputRef?: Ref<HTMLInputElement>;
  readonly onKeyDown?: ComponentProps<'input'>['onKeyDown'];
}

/** `searchbox "Search"`. Escape clears it. */
export function SearchBox({ value, onChange, placeholder, className, inputRef, onKeyDown }: SearchBoxProps) {
  const t = kitText.useText();
  const own = useRef<HTMLInputElement>(null);
  return (
    <div className={cx('relative', className)}>
      <Search
        size={15}
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-3"
      />
      <input
        ref={(node) => {
          own.current = node;
          if (typeof inputRef === 'function') return inputRef(node);
          if (inputRef) inputRef.current = node;
          return undefined;
        }}
        type="search"
        aria-label={t('search')}
        placeholder={placeholder ?? t('search')}
        value={value}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') {
            event.stopPropagation();
            onChange('');
          }
          onKeyDown?.(event);
        }}
        className={cx(FIELD, 'h-8 pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden')}
      />
      {value !== '' && (
        <button
          type="button"
          aria-label={t('clearSearch')}
          onClick={() => {
            onChange('');
            own.current?.focus();
          }}
          className="absolute top-0 right-0 flex size-8 items-center justify-center rounded-md text-ink-3 hover:text-ink"
        >
          <X size={14} aria-hidden />
        </button>
      )}
    </div>
  );
}
