import { useEffect } from 'react';
import { useSignal } from '../link/index.ts';
import { useLayout, usePlace } from '../state/index.ts';
import { paletteKeys } from './early-keys.ts';

const COMMANDS: Record<string, () => void> = {
  'new-chat': () => usePlace.getState().newChat(),
  palette: () => usePlace.getState().set({ paletteOpen: !usePlace.getState().paletteOpen }),
  settings: () => usePlace.getState().go('settings'),
  'toggle-sidebar': () => useLayout.getState().toggleSidebar(),
};

const KEYS: Record<string, string> = { n: 'new-chat', k: 'palette', ',': 'settings', b: 'toggle-sidebar' };

const SAME_PRESS_MS = 150;
type Source = 'key' | 'shell';
let last: { name: string; source: Source; at: number } | null = null;

/** One press can arrive twice, as a key and through the shell's menu: it counts once. */
export function runCommand(name: string, source: Source, at: number = performance.now()): void {
  const echo = last !== null && last.name === name && last.source !== source && at - last.at < SAME_PRESS_MS;
  last = echo ? null : { name, source, at };
  if (!echo) COMMANDS[name]?.();
}

export function useShortcuts(): void {
  useSignal('command', ({ name }) => runCommand(name, 'shell'));
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
      const name = KEYS[event.key.toLowerCase()];
      if (name === undefined) return;
      event.preventDefault();
      if (!event.repeat) runCommand(name, 'key');
    };
    window.addEventListener('keydown', onKey);
    // The palette takes them when its field has the keyboard.
    const forget = usePlace.subscribe(({ paletteOpen }, before) => {
      if (paletteOpen === before.paletteOpen) return;
      if (paletteOpen) paletteKeys.hold();
      else paletteKeys.take();
    });
    return () => {
      window.removeEventListener('keydown', onKey);
      forget();
    };
  }, []);
}
