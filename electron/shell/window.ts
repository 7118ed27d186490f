import { BrowserWindow } from 'electron';
import { lockContents } from './lockdown.ts';
import { mark } from './marks.ts';
import { backgroundOf, keepWindowState, MIN_HEIGHT, MIN_WIDTH, readWindowState } from './window-state.ts';

export interface WindowOptions {
  readonly statePath: string;
  readonly preloadPath: string;
  readonly devUrl: string | null;
  /** A link of the trouble page was followed. */
  readonly onOrder: (path: string) => void;
}

/** A page that does not come up in this time, in ms, has its window shown in the theme's colour all the same. */
const LATEST_MS = 2_000;

/**
 * The app's one window, shown once its page is parsed. A page that is seen waits for the graphics process before it reads anything; hidden it
 * reads and runs meanwhile, so that it can be typed into sooner.
 */
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
    show: false,
    paintWhenInitiallyHidden: false,
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
  const kept = keepWindowState(window, statePath, state);
  const show = (): void => {
    clearTimeout(latest);
    if (window.isDestroyed() || window.isVisible()) return;
    if (state.maximized) window.maximize();
    window.show();
    mark('shown');
  };
  const latest = setTimeout(show, LATEST_MS);
  window.webContents.once('dom-ready', show);
  window.once('closed', () => {
    clearTimeout(latest);
  });
  lockContents(window.webContents, devUrl, onOrder);
  return { window, state: kept };
}
