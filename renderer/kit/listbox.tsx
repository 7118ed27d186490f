import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface ListboxProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly itemKey: (item: Item) => string;
  readonly selectedKey: string | null;
  readonly onSelect: (item: Item) => void;
  readonly render: (item: Item, selected: boolean) => ReactNode;
  readonly className?: string;
}

/** A short list to choose one from (under a few hundred items): arrow keys choose, as the pattern asks. */
export function Listbox<Item>({ label, items, itemKey, selectedKey, onSelect, render, className }: ListboxProps<Item>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const index = items.findIndex((item) => itemKey(item) === selectedKey);
  useEffect(() => {
    if (index >= 0) list.current?.children[index]?.scrollIntoView({ block: 'nearest' });
  }, [index]);
  const choose = (next: number): void => {
    const item = items[Math.min(items.length - 1, Math.max(0, next))];
    if (item !== undefined) onSelect(item);
  };
  return (
    <div
      ref={list}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={index >= 0 ? `${id}-${index}` : undefined}
      className={cx('scroll-y flex flex-col gap-px p-1', className)}
      onKeyDown={(event) => {
        const moves: Record<string, number> = {
          ArrowDown: index + 1,
          ArrowUp: index - 1,
          Home: 0,
          End: items.length - 1,
        };
        const next = moves[event.key];
        if (next === undefined) return;
        event.preventDefault();
        choose(next);
      }}
    >
      {items.map((item, at) => {
        const selected = at === index;
        return (
          <div
            key={itemKey(item)}
            id={`${id}-${at}`}
            role="option"
            aria-selected={selected}
            onClick={() => onSelect(item)}
            className={cx(
              'min-h-8 rounded-md px-2.5 py-1.5 text-sm',
              selected ? 'bg-selected text-ink' : 'text-ink-2 hover:bg-hover',
            )}
          >
            {render(item, selected)}
          </div>
        );
      })}
    </div>
  );
}
