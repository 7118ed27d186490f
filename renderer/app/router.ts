import { usePlace } from '../state/index.ts';
import type { RoomName } from '../state/index.ts';
import { rooms } from './rooms.ts';

const hashOf = (room: RoomName, traceId: string | null): string =>
  room === 'traces' && traceId !== null ? `#/traces/${traceId}` : `#/${room}`;

function readHash(): void {
  const [, name, rest] = location.hash.split('/');
  const door = rooms.find((room) => room.navKey === name);
  if (!door) return;
  const { room, traceId, set } = usePlace.getState();
  const wanted = door.navKey === 'traces' && rest !== undefined && rest !== '' ? rest : traceId;
  if (room !== door.navKey || traceId !== wanted) set({ room: door.navKey, traceId: wanted });
}

/** Keeps the address and the place the same, so that Back and deep links work. */
export function startRouter(): void {
  readHash();
  window.addEventListener('hashchange', readHash);
  usePlace.subscribe(({ room, traceId }) => {
    const hash = hashOf(room, traceId);
    if (location.hash !== hash) history.pushState(null, '', hash);
  });
  window.addEventListener('popstate', readHash);
}
