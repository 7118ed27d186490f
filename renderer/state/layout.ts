import { create } from 'zustand';
import { keep, readKept } from './persist.ts';

export const SIDEBAR_PX = { min: 200, max: 480, normal: 260 } as const;
export const PANEL_PX = { min: 280, max: 720, normal: 360 } as const;

interface LayoutFacts {
  readonly navExpanded: boolean;
  readonly sidebarOpen: boolean;
  readonly sidebarPx: number;
  readonly panelOpen: boolean;
  readonly panelPx: number;
}

export interface Layout extends LayoutFacts {
  readonly set: (facts: Partial<LayoutFacts>) => void;
  readonly toggleSidebar: () => void;
  readonly togglePanel: () => void;
}

const KEY = 'switchyard.layout';
const kept = readKept<LayoutFacts>(KEY, {
  navExpanded: false,
  sidebarOpen: true,
  sidebarPx: SIDEBAR_PX.normal,
  panelOpen: false,
  panelPx: PANEL_PX.normal,
});

/** Widths and what is open, remembered. */
export const useLayout = create<Layout>((set) => ({
  ...kept,
  set: (facts) => set(facts),
  toggleSidebar: () => set((now) => ({ sidebarOpen: !now.sidebarOpen })),
  togglePanel: () => set((now) => ({ panelOpen: !now.panelOpen })),
}));

useLayout.subscribe(({ navExpanded, sidebarOpen, sidebarPx, panelOpen, panelPx }) =>
  keep(KEY, { navExpanded, sidebarOpen, sidebarPx, panelOpen, panelPx }),
);
