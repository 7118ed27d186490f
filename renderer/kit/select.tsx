import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface SelectOption {
  /** Not empty. */
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
  readonly disabled?: boolean;
  /** Heading this and the following options stand under. */
  readonly group?: string;
}

export interface SelectProps {
  /** Accessible name: the trigger is `combobox` with it. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly SelectOption[];
  readonly look?: 'field' | 'quiet';
  readonly icon?: ReactNode;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly id?: string;
  readonly align?: 'start' | 'end';
  readonly side?: 'top' | 'bottom';
}

const groupsOf = (options: readonly SelectOption[]): { name: string | undefined; options: SelectOption[] }[] => {
  const groups: { name: string | undefined; options: SelectOption[] }[] = [];
  for (const option of options) {
    const last = groups.at(-1);
    if (last && (option.group === undefined || option.group === last.name)) last.options.push(option);
    else groups.push({ name: option.group, options: [option] });
  }
  return groups;
};

export function Select(props: SelectProps) {
  const {
    label,
    value,
    onChange,
    options,
    look = 'field',
    icon,
    disabled,
    className,
    id,
    align = 'start',
    side,
  } = props;
  return (
    <Radix.Root value={value} onValueChange={onChange} disabled={disabled === true}>
      <Radix.Trigger
        aria-label={label}
        {...(id === undefined ? {} : { id })}
        className={cx(
          'inline-flex h-8 min-w-0 items-center gap-1.5 rounded-md px-2.5 text-sm text-ink select-none disabled:opacity-45',
          look === 'field'
            ? 'bg-raised ring-1 ring-line-strong/60 ring-inset hover:bg-hover'
            : 'text-ink-2 hover:bg-hover hover:text-ink',
          className,
        )}
      >
        {icon}
        <span className="min-w-0 flex-1 truncate text-left">
          <Radix.Value />
        </span>
        <Radix.Icon asChild>
          <ChevronDown size={14} aria-hidden className="shrink-0 text-ink-3" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          align={align}
          {...(side === undefined ? {} : { side })}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[min(24rem,var(--radix-select-content-available-height))] max-w-96 min-w-(--radix-select-trigger-width) animate-appear overflow-hidden rounded-lg bg-raised shadow-pop"
        >
          <Radix.Viewport className="p-1">
            {groupsOf(options).map((group, index) => (
              <Radix.Group key={group.name ?? index}>
                {group.name !== undefined && (
                  <Radix.Label className="px-2 pt-2 pb-1 text-xs font-medium text-ink-3">{group.name}</Radix.Label>
                )}
                {group.options.map((option) => (
                  <Radix.Item
                    key={option.value}
                    value={option.value}
                    disabled={option.disabled === true}
                    className="flex min-h-8 items-center gap-2 rounded-md py-1 pr-2 pl-2 text-sm text-ink outline-none select-none data-[disabled]:opacity-45 data-[highlighted]:bg-hover"
                  >
                    <span className="flex w-4 shrink-0 justify-center">
                      <Radix.ItemIndicator>
                        <Check size={14} aria-hidden />
                      </Radix.ItemIndicator>
                    </span>
                    <span className="min-w-0">
                      <Radix.ItemText>{option.label}</Radix.ItemText>
                      {option.hint !== undefined && <span className="block text-xs text-ink-3">{option.hint}</span>}
                    </span>
                  </Radix.Item>
                ))}
              </Radix.Group>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
