import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';

/** Rooms of the window. */
export type RoomKey = 'chat' | 'traces' | 'prompts' | 'feedback' | 'models' | 'settings';

/** What `rooms/<x>/index.ts` exports, each as a named export. `Component` is `lazy(() => import('./x.tsx'))` except in Chat. */
export interface RoomDoor {
  readonly navKey: RoomKey;
  readonly path: `/${RoomKey}`;
  readonly icon: LucideIcon;
  readonly Component: ComponentType;
}
