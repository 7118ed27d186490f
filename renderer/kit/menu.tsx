import { Check, ChevronRight } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { ContextMenu as RadixContext, DropdownMenu as Radix } from 'radix-ui';
import { Fragment } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { cx } from './cx.ts';

/** One line of a menu. `separator` draws a line before it. */
export interface MenuItem {
  readonly key: string;
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly keys?: ReactNode;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Present on a line that is on or off. */
  readonly checked?: boolean;
  readonly separator?: boolean;
  readonly onSelect?: () => void;
  readonly items?: readonly MenuItem[];
}

const PANEL =
  'z-50 max-h-[min(24rem,var(--radix-popper-available-height))] min-w-48 max-w-80 scroll-y animate-appear rounded-lg bg-raised p-1 shadow-pop';
const LINE =
  'flex min-h-8 items-center gap-2 rounded-md px-2 text-sm text-ink outline-none select-none ' +
  'data-[highlighted]:bg-hover data-[disabled]:opacity-45 data-[state=open]:bg-hover';

type Parts = typeof Radix | typeof RadixContext;

function Lines({ items, parts }: { readonly items: readonly MenuItem[]; readonly parts: Parts }) {
  const P = parts as typeof Radix;
  return items.map((item) => (
    <Fragment key={item.key}>
      {item.separator === true && <P.Separator className="mx-1 my-1 h-px bg-line" />}
      {item.items ? (
        <P.Sub>
          <P.SubTrigger className={LINE} disabled={item.disabled === true}>
            <Face item={item} />
            <ChevronRight size={14} aria-hidden className="ml-auto text-ink-3" />
          </P.SubTrigger>
          <P.Portal>
            <P.SubContent className={PANEL} sideOffset={4} collisionPadding={8}>
              <Lines items={item.items} parts={parts} />
            </P.SubContent>
          </P.Portal>
        </P.Sub>
      ) : item.checked !== undefined ? (
        <P.CheckboxItem
          className={LINE}
          checked={item.checked}
          disabled={item.disabled === true}
          onSelect={() => item.onSelect?.()}
        >
          <Face item={item} />
          {item.checked && <Check size={14} aria-hidden className="ml-auto text-ink-2" />}
        </P.CheckboxItem>
      ) : (
        <P.Item
          className={cx(LINE, item.danger === true && 'text-failed-ink')}
          disabled={item.disabled === true}
          onSelect={() => item.onSelect?.()}
        >
          <Face item={item} />
        </P.Item>
      )}
    </Fragment>
  ));
}

const Face = ({ item }: { readonly item: MenuItem }) => (
  <>
    {item.icon && <item.icon size={15} aria-hidden className={item.danger === true ? 'text-failed' : 'text-ink-3'} />}
    <span className="truncate">{item.label}</span>
    {item.keys !== undefined && <span className="ml-auto pl-4 text-xs text-ink-3">{item.keys}</span>}
  </>
);

export interface DropdownMenuProps {
  /** A Button or IconButton. */
  readonly trigger: ReactElement;
  readonly items: readonly MenuItem[];
  readonly align?: 'start' | 'center' | 'end';
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
}

/** A menu under a button. */
export const DropdownMenu = ({ trigger, items, align = 'start', side = 'bottom' }: DropdownMenuProps) => (
  <Radix.Root modal={false}>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content className={PANEL} align={align} side={side} sideOffset={4} collisionPadding={8}>
        <Lines items={items} parts={Radix} />
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
);

/** The same menu on right click and on the context-menu key. */
export const ContextMenu = ({
  items,
  children,
}: {
  readonly items: readonly MenuItem[];
  readonly children: ReactElement;
}) => (
  <RadixContext.Root modal={false}>
    <RadixContext.Trigger asChild>{children}</RadixContext.Trigger>
    <RadixContext.Portal>
      <RadixContext.Content className={PANEL} collisionPadding={8}>
        <Lines items={items} parts={RadixContext} />
      </RadixContext.Content>
    </RadixContext.Portal>
  </RadixContext.Root>
);
