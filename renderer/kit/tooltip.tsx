import { Tooltip as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

/** Put once around the app. */
export const TooltipRoom = ({ children }: { readonly children: ReactNode }) => (
  <Radix.Provider delayDuration={500} skipDelayDuration={200}>
    {children}
  </Radix.Provider>
);

export interface TooltipProps {
  readonly text: ReactNode;
  readonly keys?: ReactNode;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  readonly children: ReactElement;
}

/** Says more about what it wraps on hover and focus. Never the only place a thing is said. */
export const Tooltip = ({ text, keys, side = 'bottom', children }: TooltipProps) => (
  <Radix.Root disableHoverableContent>
    <Radix.Trigger asChild>{children}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        side={side}
        sideOffset={6}
        collisionPadding={8}
        className="z-50 flex max-w-72 animate-appear items-center gap-2 rounded-md bg-raised px-2 py-1 text-xs text-ink shadow-pop"
      >
        {text}
        {keys !== undefined && <span className="text-ink-3">{keys}</span>}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
);
