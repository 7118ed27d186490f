import { ROOM_KEYS } from '../kit/index.ts';
import type { RoomDoor } from '../kit/index.ts';

/** Rooms that exist, in the order of the navigation. */
const doors = import.meta.glob<RoomDoor>('../rooms/*/index.ts', { eager: true });

export const rooms: readonly RoomDoor[] = ROOM_KEYS.flatMap((key) => {
  const door = doors[`../rooms/${key}/index.ts`];
  return door ? [door] : [];
});
