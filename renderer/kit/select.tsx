import { Check, ChevronDown, Search } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useEffect, useId, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { cx } from './cx.ts';
import { kitText } from './text.ts';

export interface SelectOption {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
  readonly disabled?: boolean;
  /** Heading this and the following options stand under. */
  readonly group?: string;
}

export interface SelectProps {
  /** Accessible name: the button is `combobox` with it. */
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
  /** Long lists get a line to search in. */
  readonly search?: boolean;
}

const TYPED_MS = 700;
/** Lists up to this long are seen at once. */
const SEARCH_FROM = 9;

/** Options that have every word that was typed, in their name, heading or value. */
export function optionsWith(options: readonly SelectOption[], typed: string): readonly SelectOption[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return options;
  return options.filter(({ label, group, value }) => {
    const text = `${label} ${group ?? ''} ${value}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The first option after `from`, going round, whose label begins with what was typed. */
export function optionTyped(options: readonly SelectOption[], typed: string, from: number): number {
  const wanted = typed.toLowerCase();
  // The same letter again walks through all that begin with it.
  const same = wanted.length > 1 && [...wanted].every((letter) => letter === wanted[0]);
  const start = wanted.length === 1 || same ? from + 1 : from;
  const prefix = same ? (wanted[0] ?? '') : wanted;
  for (let step = 0; step < options.length; step++) {
    const at = (start + step) % options.length;
    const option = options[at];
    if (option && option.disabled !== true && option.label.toLowerCase().startsWith(prefix)) return at;
  }
  return -1;
}

/** A select-only combobox (WAI-ARIA APG): the focus stays on the button, the list is walked with the keyboard. */
export function Select(props: SelectProps) {
  const {
    label,
    value,
    onChange,
    options: all,
    look = 'field',
    icon,
    disabled,
    className,
    id,
    align = 'start',
    side,
  } = props;
  const t = kitText.useText();
  const search = props.search === true && all.length >= SEARCH_FROM;
  const [query, setQuery] = useState('');
  const options = search ? optionsWith(all, query) : all;
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const listId = useId();
  const trigger = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: '', at: 0 });
  const chosen = options.findIndex((option) => option.value === value);

  useEffect(() => {
    if (open) list.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' });
  }, [open, active]);

  const show = (): void => {
    setQuery('');
    setActive(Math.max(0, chosen));
    setOpen(true);
  };
  const pick = (index: number): void => {
    const option = options[index];
    if (!option || option.disabled === true) return;
    setOpen(false);
    if (option.value !== value) onChange(option.value);
  };
  const walk = (from: number, step: number): void => {
    for (let at = from; at >= 0 && at < options.length; at += step) {
      if (options[at]?.disabled !== true) return setActive(at);
    }
  };
  const type = (event: KeyboardEvent): boolean => {
    // With a line to search in, what is typed goes there.
    if (search && open) return false;
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (search) {
      if (event.key === ' ') return false;
      setQuery(event.key);
      setActive(0);
      setOpen(true);
      return true;
    }
    const fresh = event.timeStamp - typed.current.at > TYPED_MS;
    if (event.key === ' ' && (fresh || typed.current.text === '')) return false;
    typed.current = { text: (fresh ? '' : typed.current.text) + event.key, at: event.timeStamp };
    const found = optionTyped(options, typed.current.text, open ? active : Math.max(0, chosen));
    if (found >= 0) {
      setActive(found);
      setOpen(true);
    }
    return true;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (type(event)) return event.preventDefault();
    if (!open) {
      if (!['ArrowDown', 'ArrowUp', 'Enter', ' ', 'Home', 'End'].includes(event.key)) return;
      event.preventDefault();
      show();
      if (event.key === 'Home') walk(0, 1);
      if (event.key === 'End') walk(options.length - 1, -1);
      return;
    }
    const keys: Record<string, () => void> = {
      ArrowDown: () => walk(active + 1, 1),
      ArrowUp: () => walk(active - 1, -1),
      Home: () => walk(0, 1),
      End: () => walk(options.length - 1, -1),
      PageDown: () => walk(Math.min(options.length - 1, active + 10), -1),
      PageUp: () => walk(Math.max(0, active - 10), 1),
      Enter: () => pick(active),
      ' ': () => pick(active),
    };
    if (event.key === 'Tab') return pick(active);
    const run = search && [' ', 'Home', 'End'].includes(event.key) ? undefined : keys[event.key];
    if (!run || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };

  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Anchor asChild>
        <button
          ref={trigger}
          type="button"
          role="combobox"
          aria-label={label}
          aria-haspopup="listbox"
          aria-expanded={open}
          aria-controls={open ? listId : undefined}
          aria-activedescendant={open ? `${listId}-${active}` : undefined}
          {...(id === undefined ? {} : { id })}
          disabled={disabled === true}
          onClick={() => (open ? setOpen(false) : show())}
          onKeyDown={onKeyDown}
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
            {all.find((option) => option.value === value)?.label}
          </span>
          <ChevronDown size={14} aria-hidden className="shrink-0 text-ink-3" />
        </button>
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          role="presentation"
          align={align}
          {...(side === undefined ? {} : { side })}
          sideOffset={4}
          collisionPadding={8}
          onOpenAutoFocus={(event) => {
            if (!search) event.preventDefault();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (search) trigger.current?.focus();
          }}
          onPointerDownOutside={(event) => {
            if (event.target instanceof Node && trigger.current?.contains(event.target)) event.preventDefault();
          }}
          onFocusOutside={(event) => event.preventDefault()}
          className="z-50 flex max-h-[min(24rem,var(--radix-popover-content-available-height))] max-w-96 min-w-(--radix-popover-trigger-width) animate-appear flex-col rounded-lg bg-raised shadow-pop"
        >
          {search && (
            <div className="relative border-b border-line">
              <Search
                size={14}
                aria-hidden
                className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-ink-3"
              />
              <input
                type="search"
                aria-label={t('search')}
                aria-controls={listId}
                aria-activedescendant={options.length > 0 ? `${listId}-${active}` : undefined}
                placeholder={t('search')}
                value={query}
                spellCheck={false}
                onChange={(event) => {
                  setQuery(event.target.value);
                  const found = optionsWith(all, event.target.value);
                  setActive(
                    Math.max(
                      0,
                      found.findIndex((option) => option.disabled !== true),
                    ),
                  );
                }}
                onKeyDown={onKeyDown}
                className="h-9 w-full bg-transparent pr-3 pl-9 text-sm text-ink outline-none placeholder:text-ink-3 [&::-webkit-search-cancel-button]:hidden"
              />
            </div>
          )}
          <div
            ref={list}
            id={listId}
            role="listbox"
            aria-label={label}
            className="scroll-y min-h-0 flex-1 p-1"
            // A press in the list must not take the focus away.
            onMouseDown={(event) => event.preventDefault()}
          >
            {options.map((option, index) => (
              <div key={option.value} role="presentation">
                {option.group !== undefined && option.group !== options[index - 1]?.group && (
                  <div aria-hidden className="px-2 pt-2 pb-1 text-xs font-medium text-ink-3">
                    {option.group}
                  </div>
                )}
                <div
                  id={`${listId}-${index}`}
                  role="option"
                  aria-selected={index === chosen}
                  aria-disabled={option.disabled === true ? true : undefined}
                  data-active={index === active ? '' : undefined}
                  onPointerMove={() => option.disabled !== true && setActive(index)}
                  onClick={() => pick(index)}
                  className={cx(
                    'flex min-h-8 items-center gap-2 rounded-md px-2 py-1 text-sm select-none',
                    index === active && 'bg-selected',
                    // Its reason is meant to be read: only the name steps back.
                    option.disabled === true ? 'text-ink-3' : 'text-ink',
                  )}
                >
                  <span className="flex w-4 shrink-0 justify-center">
                    {index === chosen && <Check size={14} aria-hidden />}
                  </span>
                  <span className="min-w-0">
                    {option.label}
                    {option.hint !== undefined && <span className="block text-xs text-ink-3">{option.hint}</span>}
                  </span>
                </div>
              </div>
            ))}
          </div>
          {options.length === 0 && (
            <p role="status" className="px-3 pb-3 text-sm text-ink-2">
              {t('nothingFound')}
            </p>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
