import { startTransition, useEffect, useState } from 'react';

const REST_MS = 140;
const waiting = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** The transcript moved under a person's hand. */
export function moved(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = undefined;
    const due = [...waiting];
    waiting.clear();
    startTransition(() => due.forEach((show) => show()));
  }, REST_MS);
}

/**
 * False for what comes into view while one scrolls, true a moment after the hand rests. Rows of buttons use it: nobody
 * presses a button that flies past, and making them would cost the frames one looks at.
 */
export function useAtRest(): boolean {
  const [shown, setShown] = useState(timer === undefined);
  useEffect(() => {
    if (shown) return undefined;
    const show = (): void => setShown(true);
    if (timer === undefined) show();
    else waiting.add(show);
    return () => {
      waiting.delete(show);
    };
  }, [shown]);
  return shown;
}
