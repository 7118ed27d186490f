export { PANEL_PX, SIDEBAR_PX, useLayout } from './layout.ts';
export { usePlace } from './place.ts';
export type { RoomName } from './place.ts';
export { applyAppearance } from './appearance.ts';
