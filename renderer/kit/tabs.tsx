import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface TabItem {
  readonly value: string;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

export interface TabsProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly items: readonly TabItem[];
  readonly className?: string;
}

export const Tabs = ({ label, value, onChange, items, className }: TabsProps) => (
  <Radix.Root value={value} onValueChange={onChange} className={cx('flex min-h-0 flex-col', className)}>
    <Radix.List aria-label={label} className="flex shrink-0 gap-4 border-b border-line px-4">
      {items.map((item) => (
        <Radix.Trigger
          key={item.value}
          value={item.value}
          className="-mb-px h-9 border-b-2 border-transparent text-sm text-ink-2 hover:text-ink data-[state=active]:border-ink data-[state=active]:font-medium data-[state=active]:text-ink"
        >
          {item.label}
        </Radix.Trigger>
      ))}
    </Radix.List>
    {items.map((item) => (
      <Radix.Content key={item.value} value={item.value} className="min-h-0 flex-1">
        {item.content}
      </Radix.Content>
    ))}
  </Radix.Root>
);
