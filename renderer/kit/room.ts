import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';

/** Rooms of the window, in the order of the navigation. */
export const ROOM_KEYS = ['chat', 'traces', 'prompts', 'feedback', 'models', 'settings'] as const;
export type RoomKey = (typeof ROOM_KEYS)[number];

/** What `rooms/<x>/index.ts` exports, each as a named export. `Component` is `lazy(() => import('./x.tsx'))` except in Chat. */
export interface RoomDoor {
  readonly navKey: RoomKey;
  readonly path: `/${RoomKey}`;
  readonly icon: LucideIcon;
  readonly Component: ComponentType;
}
