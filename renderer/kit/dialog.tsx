import { X } from 'lucide-react';
import { AlertDialog as RadixAlert, Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button, IconButton } from './button.tsx';
import { cx } from './cx.ts';
import { kitText } from './text.ts';

const SCRIM = 'fixed inset-0 z-40 animate-appear bg-scrim';
const PANEL =
  'fixed top-1/2 left-1/2 z-40 flex max-h-[calc(100vh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 ' +
  'animate-appear flex-col rounded-lg bg-raised shadow-pop';

export interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly children: ReactNode;
  /** Buttons at the end, the main one last. */
  readonly footer?: ReactNode;
  readonly width?: 'sm' | 'md' | 'lg';
}

const WIDTHS = { sm: 'max-w-sm', md: 'max-w-lg', lg: 'max-w-3xl' } as const;

export function Dialog({ open, onOpenChange, title, description, children, footer, width = 'md' }: DialogProps) {
  const t = kitText.useText();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={SCRIM} />
        <Radix.Content
          className={cx(PANEL, WIDTHS[width])}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-2">
            <div className="min-w-0 flex-1 pt-1">
              <Radix.Title className="text-lg font-semibold text-ink">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="mt-1 text-sm text-ink-2">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton icon={X} label={t('close')} className="-mr-1.5" />
            </Radix.Close>
          </header>
          <div className="scroll-y min-h-0 flex-1 px-5 py-2">{children}</div>
          {footer !== undefined ? (
            <footer className="flex justify-end gap-2 px-5 pt-2 pb-4">{footer}</footer>
          ) : (
            <div className="h-3" />
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export interface AlertDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description: string;
  readonly confirmLabel: string;
  readonly onConfirm: () => void;
}

/** Asks before something that cannot be undone. Prefer a toast with Undo. */
export function AlertDialog({ open, onOpenChange, title, description, confirmLabel, onConfirm }: AlertDialogProps) {
  const t = kitText.useText();
  return (
    <RadixAlert.Root open={open} onOpenChange={onOpenChange}>
      <RadixAlert.Portal>
        <RadixAlert.Overlay className={SCRIM} />
        <RadixAlert.Content className={cx(PANEL, 'max-w-md p-5')}>
          <RadixAlert.Title className="text-lg font-semibold text-ink">{title}</RadixAlert.Title>
          <RadixAlert.Description className="mt-1.5 text-sm text-ink-2">{description}</RadixAlert.Description>
          <div className="mt-5 flex justify-end gap-2">
            <RadixAlert.Cancel asChild>
              <Button>{t('cancel')}</Button>
            </RadixAlert.Cancel>
            <RadixAlert.Action asChild>
              <Button look="danger" onClick={onConfirm}>
                {confirmLabel}
              </Button>
            </RadixAlert.Action>
          </div>
        </RadixAlert.Content>
      </RadixAlert.Portal>
    </RadixAlert.Root>
  );
}
