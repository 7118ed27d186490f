import { create } from 'zustand';

export const PANES = ['overview', 'messages', 'raw', 'gaps'] as const;
export type Pane = (typeof PANES)[number];

/** Which pane of a trace is shown; it stays from one trace to the next. */
export const usePane = create<{ readonly pane: Pane; readonly show: (pane: string) => void }>((set) => ({
  pane: 'overview',
  show: (wanted) => {
    const pane = PANES.find((name) => name === wanted);
    if (pane !== undefined) set({ pane });
  },
}));
