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
  /** Something is being written: a press beside the dialog does not throw it away. */
  readonly holds?: boolean;
}

const WIDTHS = { sm: 'max-w-sm', md: 'max-w-lg', lg: 'max-w-3xl' } as const;

export const Dialog = ({ children, footer, ...frame }: DialogProps) => (
  <Frame {...frame}>
    <Body>{children}</Body>
    {footer !== undefined && <Foot>{footer}</Foot>}
  </Frame>
);

function Frame(props: Omit<DialogProps, 'footer'>) {
  const { open, onOpenChange, title, description, children, width = 'md', holds = false } = props;
  const t = kitText.useText();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={SCRIM} />
        <Radix.Content
          className={cx(PANEL, WIDTHS[width])}
          onInteractOutside={(event) => {
            if (holds) event.preventDefault();
          }}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <header className="px-5 pt-5 pr-14 pb-3">
            <Radix.Title className="text-lg font-semibold break-words text-ink">{title}</Radix.Title>
            {description !== undefined && (
              <Radix.Description className="mt-1 text-sm text-ink-2">{description}</Radix.Description>
            )}
          </header>
          {children}
          {/* Last in the order of keys: the first press belongs to what the dialog is for. */}
          <Radix.Close asChild>
            <IconButton icon={X} label={t('close')} className="absolute top-4 right-3.5" />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** What a dialog holds; it scrolls where the window is low, with a line on the side where there is more. */
const Body = ({ children, className }: { readonly children: ReactNode; readonly className?: string }) => (
  <div className={cx('scroll-edges min-h-0 flex-1 px-5 pt-1 pb-4', className)}>{children}</div>
);

const Foot = ({ children }: { readonly children: ReactNode }) => (
  <footer className="flex flex-wrap items-center justify-end gap-2 px-5 pt-2 pb-4">{children}</footer>
);

export interface FormDialogProps extends Omit<DialogProps, 'footer' | 'holds'> {
  /** What the main button says. */
  readonly submitLabel: string;
  /** On the main button and on Enter in a field. */
  readonly onSubmit: () => void;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  /** What went wrong, as one sentence. */
  readonly problem?: string | null;
  /** Something else to do, at the other end of the buttons. */
  readonly aside?: ReactNode;
}

/** A dialog one fills in: fields, then Cancel and the one thing to do. */
export function FormDialog({
  children,
  submitLabel,
  onSubmit,
  busy = false,
  disabled = false,
  problem = null,
  aside,
  ...dialog
}: FormDialogProps) {
  const t = kitText.useText();
  return (
    <Frame holds {...dialog}>
      <form
        noValidate
        className="flex min-h-0 flex-1 flex-col"
        onSubmit={(event) => {
          // A form in a dialog over a form is no part of it.
          event.preventDefault();
          event.stopPropagation();
          if (!busy && !disabled) onSubmit();
        }}
      >
        <Body className="flex flex-col gap-4">
          {children}
          {problem !== null && (
            <p role="alert" className="text-sm text-failed-ink">
              {problem}
            </p>
          )}
        </Body>
        <Foot>
          {aside !== undefined && <div className="mr-auto min-w-0">{aside}</div>}
          <Button
            look="ghost"
            onClick={() => {
              dialog.onOpenChange(false);
            }}
          >
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" busy={busy} disabled={disabled}>
            {submitLabel}
          </Button>
        </Foot>
      </form>
    </Frame>
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
