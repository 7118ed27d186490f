import { useEffect } from 'react';
import { useSignal } from '../link/index.ts';
import { useLayout, usePlace } from '../state/index.ts';

const COMMANDS: Record<string, () => void> = {
  'new-chat': () => usePlace.getState().newChat(),
  palette: () => usePlace.getState().set({ paletteOpen: !usePlace.getState().paletteOpen }),
  settings: () => usePlace.getState().go('settings'),
  'toggle-sidebar': () => useLayout.getState().toggleSidebar(),
};

const KEYS: Record<string, string> = { n: 'new-chat', k: 'palette', ',': 'settings', b: 'toggle-sidebar' };

const REPEAT_MS = 150;
let last = { name: '', at: 0 };

/** A key press can arrive twice, as a key and through the shell's menu: it counts once. */
export function runCommand(name: string, at: number = performance.now()): void {
  if (last.name === name && at - last.at < REPEAT_MS) return;
  last = { name, at };
  COMMANDS[name]?.();
}

export function useShortcuts(): void {
  useSignal('command', ({ name }) => runCommand(name));
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
      const name = KEYS[event.key.toLowerCase()];
      if (name === undefined) return;
      event.preventDefault();
      if (!event.repeat) runCommand(name, event.timeStamp);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
