import { beforeEach, describe, expect, it } from 'vitest';
import { useLayout } from '../state/index.ts';
import { runCommand } from './shortcuts.ts';

const isOpen = (): boolean => useLayout.getState().sidebarOpen;

describe('a command', () => {
  beforeEach(() => useLayout.setState({ sidebarOpen: true }));

  it('counts once when the press comes as a key and through the menu', () => {
    runCommand('toggle-sidebar', 'key', 1000);
    runCommand('toggle-sidebar', 'shell', 1010);
    expect(isOpen()).toBe(false);
  });

  it('counts each time when it is pressed twice quickly', () => {
    runCommand('toggle-sidebar', 'key', 2000);
    runCommand('toggle-sidebar', 'key', 2060);
    expect(isOpen()).toBe(true);
  });

  it('counts again when the menu is used later', () => {
    runCommand('toggle-sidebar', 'key', 3000);
    runCommand('toggle-sidebar', 'shell', 3400);
    expect(isOpen()).toBe(true);
  });

  it('of a name nobody knows does nothing', () => {
    runCommand('launch-rocket', 'shell', 4000);
    expect(isOpen()).toBe(true);
  });
});
