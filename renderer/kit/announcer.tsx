import { useSyncExternalStore } from 'react';

let said = { text: '', turn: 0 };
const listeners = new Set<() => void>();

/** Says one sentence to a screen reader, politely. Saying the same again is heard again. */
export function announce(text: string): void {
  said = { text, turn: said.turn + 1 };
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Put once in the frame. Two regions take turns, so that a repeated sentence is a change. */
export function Announcer() {
  const { text, turn } = useSyncExternalStore(subscribe, () => said);
  return (
    <div className="sr-only">
      <div aria-live="polite">{turn % 2 === 0 ? text : ''}</div>
      <div aria-live="polite">{turn % 2 === 1 ? text : ''}</div>
    </div>
  );
}
