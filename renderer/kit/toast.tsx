import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button, IconButton } from './button.tsx';
import { kitText } from './text.ts';

export interface ToastInput {
  readonly text: string;
  readonly level?: 'info' | 'success' | 'warning' | 'error';
  readonly action?: { readonly label: string; readonly onAction: () => void };
  /** How long it stays; an error stays until dismissed. */
  readonly durationMs?: number;
}
interface ShownToast extends ToastInput {
  readonly id: number;
}

const MAX_SHOWN = 3;
const STAY_MS = 6000;
let nextId = 1;
let shown: readonly ShownToast[] = [];
const listeners = new Set<() => void>();
const set = (next: readonly ShownToast[]): void => {
  shown = next;
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const dismissToast = (id: number): void => set(shown.filter((toast) => toast.id !== id));

/** Says one sentence at the lower edge, with at most one action, e.g. Undo. */
export function toast(input: ToastInput): () => void {
  const id = nextId++;
  set([...shown.filter((other) => other.text !== input.text), { ...input, id }].slice(-MAX_SHOWN));
  return () => dismissToast(id);
}

const ICONS = {
  info: <Info size={16} aria-hidden className="mt-0.5 shrink-0 text-ink-3" />,
  success: <CircleCheck size={16} aria-hidden className="mt-0.5 shrink-0 text-local" />,
  warning: <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-degraded" />,
  error: <CircleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-failed" />,
} as const;

function ToastLine({ toast: item }: { readonly toast: ShownToast }) {
  const t = kitText.useText();
  const { id, level = 'info', durationMs } = item;
  // Who reads or reaches for its button is not raced.
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held || (level === 'error' && durationMs === undefined)) return undefined;
    const timer = setTimeout(() => dismissToast(id), durationMs ?? STAY_MS);
    return () => clearTimeout(timer);
  }, [id, level, durationMs, held]);
  return (
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="pointer-events-auto flex w-full max-w-md animate-rise items-start gap-2.5 rounded-lg bg-raised py-2 pr-2 pl-3 shadow-pop"
    >
      <span className="flex h-8 items-center">{ICONS[level]}</span>
      <p className="min-w-0 flex-1 py-1.5 text-sm break-words text-ink">{item.text}</p>
      {item.action && (
        <Button
          look="ghost"
          className="font-semibold text-ink"
          onClick={() => {
            item.action?.onAction();
            dismissToast(id);
          }}
        >
          {item.action.label}
        </Button>
      )}
      <IconButton icon={X} label={t('dismiss')} onClick={() => dismissToast(id)} />
    </div>
  );
}

/** The place toasts appear: put once in the frame. */
export function Toaster() {
  const t = kitText.useText();
  const toasts = useSyncExternalStore(subscribe, () => shown);
  return (
    <section
      aria-label={t('notifications')}
      aria-live="polite"
      aria-relevant="additions text"
      className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-center gap-2"
    >
      {toasts.map((item) => (
        <ToastLine key={item.id} toast={item} />
      ))}
    </section>
  );
}
