import { useEffect, useRef } from 'react';
import { create } from 'zustand';

/** A step that another part of the details wants shown in the waterfall. */
interface SpanAsk {
  readonly spanId: string | null;
  /** Counts up, so that asking for the same step twice is heard twice. */
  readonly turn: number;
  readonly ask: (spanId: string) => void;
}

export const useSpanAsk = create<SpanAsk>((set) => ({
  spanId: null,
  turn: 0,
  ask: (spanId) => {
    set((before) => ({ spanId, turn: before.turn + 1 }));
  },
}));

/** Calls `show` for each step that is asked for while this is on the page. */
export const useAskedSpan = (show: (spanId: string) => void): void => {
  const latest = useRef(show);
  latest.current = show;
  useEffect(
    () =>
      useSpanAsk.subscribe(({ spanId, turn }, before) => {
        if (spanId !== null && turn !== before.turn) latest.current(spanId);
      }),
    [],
  );
};
