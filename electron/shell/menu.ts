import { Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';

interface MenuDeps {
  readonly isDevelopment: boolean;
  /** `new-chat`, `palette`, `settings`, `toggle-sidebar`: said to the page. */
  readonly onCommand: (name: string) => void;
  readonly onOpenDataFolder: () => void;
}

/** The application menu. The page answers the same keys itself; it counts a command that comes twice once. */
export function setMenu({ isDevelopment, onCommand, onOpenDataFolder }: MenuDeps): void {
  const isMac = process.platform === 'darwin';
  const command = (label: string, name: string, accelerator: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => {
      onCommand(name);
    },
  });
  const settings = command('Settings', 'settings', 'CmdOrCtrl+,');
  const template: MenuItemConstructorOptions[] = [
    ...(isMac
      ? [{ role: 'appMenu' as const, submenu: [{ role: 'about' as const }, settings, { role: 'quit' as const }] }]
      : []),
    {
      label: '&File',
      submenu: [
        command('New chat', 'new-chat', 'CmdOrCtrl+N'),
        command('Search', 'palette', 'CmdOrCtrl+K'),
        ...(isMac ? [] : [settings]),
        { type: 'separator' },
        { label: 'Open data folder', click: onOpenDataFolder },
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        command('Sidebar', 'toggle-sidebar', 'CmdOrCtrl+B'),
        { type: 'separator' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        { role: 'togglefullscreen' },
        ...(isDevelopment
          ? [{ type: 'separator' as const }, { role: 'reload' as const }, { role: 'toggleDevTools' as const }]
          : []),
      ],
    },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
