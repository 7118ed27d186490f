import { BrowserWindow } from 'electron';
import { lockContents } from './lockdown.ts';
import { backgroundOf, keepWindowState, MIN_HEIGHT, MIN_WIDTH, readWindowState } from './window-state.ts';

export interface WindowOptions {
  readonly statePath: string;
  readonly preloadPath: string;
  readonly devUrl: string | null;
  /** A link of the trouble page was followed. */
  readonly onOrder: (path: string) => void;
}

/** The app's one window, visible at once in the theme's colour. */
export function openWindow({ statePath, preloadPath, devUrl, onOrder }: WindowOptions) {
  const state = readWindowState(statePath);
  const { x, y, width, height } = state;
  const window = new BrowserWindow({
    ...(x === undefined || y === undefined ? {} : { x, y }),
    width,
    height,
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    title: 'Switchyard',
    backgroundColor: backgroundOf(state.theme),
    autoHideMenuBar: true,
    webPreferences: {
      preload: preloadPath,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      // Compiled code of the page is kept from the first launch on, not only after several.
      v8CacheOptions: 'bypassHeatCheck',
    },
  });
  if (state.maximized) window.maximize();
  lockContents(window.webContents, devUrl, onOrder);
  return { window, state: keepWindowState(window, statePath, state) };
}
